"""Makes our table of the districts in each two-tier county from mySociety's register.

    python -m audiences.pilot.make_counties FOLDER

FOLDER holds `mysociety_uk_local_authorities.csv`; `counties.csv` is written beside this script, for the authorities of `authorities.csv` alone.
"""

import csv
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(folder: Path) -> None:
    """Write the table and say how many rows it has."""
    with (HERE / "authorities.csv").open(encoding="utf-8", newline="") as stream:
        ours = {row["code"] for row in csv.DictReader(stream)}
    with (folder / "mysociety_uk_local_authorities.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.DictReader(stream))
    gss = {row["local-authority-code"]: row["gss-code"] for row in listed}
    rows = sorted((row["gss-code"], gss[row["county-la"]]) for row in listed if row["county-la"] and row["gss-code"] in ours)
    with (HERE / "counties.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code", "county"])
        writer.writerows(row for row in rows if row[1] in ours)
    print(f"{len(rows)} districts in counties.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
