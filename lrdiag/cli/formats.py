"""lrdiag formats: whose logs are read, and which file to give."""


def formats() -> None:
    """List the tools whose logs are read, and which file to give."""
    from lrdiag.readers import list_tools

    tools = [tool for _, listed in list_tools() for tool in listed]
    widest = max(len(tool.name) for tool in tools)
    for reader, listed in list_tools():
        print(f"{reader.title}")
        for tool in listed:
            note = f"  ({tool.note})" if tool.note else ""
            print(f"  {tool.name:{widest}}  {tool.file}{note}")
        print()
    print("Any other table, JSON lines or console output whose lines repeat names and numbers is")
    print("read too; packed by gzip, bzip2, xz, Zstandard, zip or tar; or a folder of logs.")
