"""Usage: print_cells.py REPORT… Prints the matrices of JUnit reports whose cases have the properties table, row, column and
outcome. A case that failed is marked with !."""

import os
import sys
import xml.etree.ElementTree


def cells_of(report):
    """{table: {(row, column): text}}, in the order of the report."""
    tables = {}
    for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
        properties = {one.get("name"): one.get("value") for one in case.iter("property")}
        if "table" not in properties:
            continue
        mark = "" if case.find("failure") is None else "!"
        cells = tables.setdefault(properties["table"], {})
        cells[properties["row"], properties["column"]] = mark + properties.get("outcome", "")
    return tables


def print_table(name, cells):
    rows, columns = (list(dict.fromkeys(key[side] for key in cells)) for side in (0, 1))
    head = max(len(text) for text in [name, *rows])
    widths = [max(len(column), *(len(cells.get((row, column), "")) for row in rows)) for column in columns]
    for first, texts in [(name, columns), *[(row, [cells.get((row, column), "") for column in columns]) for row in rows]]:
        print(f"{first:{head}}  " + "  ".join(f"{text:{width}}" for text, width in zip(texts, widths)).rstrip())
    print()


def print_report(report):
    for name, cells in cells_of(report).items():
        print_table(name, cells)


if __name__ == "__main__":
    for path in filter(os.path.exists, sys.argv[1:]):
        print_report(path)
