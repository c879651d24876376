"""python -m lrdiag."""

from lrdiag.cli.main import main

if __name__ == "__main__":
    main()
