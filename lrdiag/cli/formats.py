"""lrdiag formats: whose logs are read, and which file to give."""


def formats() -> None:
    """List the tools whose logs are read, and which file to give."""
    from lrdiag.readers import list_tools

    tools = list_tools()
    widest = max(map(len, tools))
    for name, files in tools.items():
        notes = "; ".join(dict.fromkeys(tool.note for tool in files if tool.note))
        listed = ", ".join(tool.file for tool in files)
        print(f"{name:{widest}}  {listed}{f'  ({notes})' if notes else ''}")
    print()
    print("Any other table, JSON lines or console output whose lines repeat names and numbers is")
    print("read too; packed by gzip, bzip2, xz, Zstandard, zip or tar; or a folder of logs.")
