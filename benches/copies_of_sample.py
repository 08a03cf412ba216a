"""A large data set for speed: N copies of fixtures/sample, each ten days after the last, so that
codes and references stay apart and everything else stays as it is.

    python benches/copies_of_sample.py N OUT

N = 24 makes 100,000 fee lines, N = 242 a million.
"""

import datetime
import os
import re
import sys

SAMPLE = os.path.join(os.path.dirname(__file__), "..", "fixtures", "sample")
DAYS = re.compile(
    r"(20\d\d-\d\d-\d\d)|((?<!\d)22(?:11|12)\d\d(?=\d{4,7}|[-. /]?\d{4}))|(2212\d\d)"
)


def later(copy):
    """Gives the replacement of a day in a text by the same day of this copy."""
    delta = datetime.timedelta(10 * copy)
    known = {}

    def move(match):
        text = match.group(0)
        if text not in known:
            form = "%Y-%m-%d" if "-" in text else "%y%m%d"
            try:
                day = datetime.datetime.strptime(text, form) + delta
                known[text] = day.strftime(form)
            except ValueError:
                known[text] = text
        return known[text]

    return move


def main():
    copies, out = int(sys.argv[1]), sys.argv[2]
    os.makedirs(out, exist_ok=True)
    names = [n for n in sorted(os.listdir(SAMPLE)) if n.endswith(".csv")]
    for name in (n for n in names if not n.startswith("truth")):
        with open(os.path.join(SAMPLE, name), encoding="utf-8") as file:
            head, *lines = file.read().splitlines()
        # ids of money rows, in the first column, are unique in the whole
        numbered = name.startswith(("transactions", "cash"))
        with open(os.path.join(out, name), "w", encoding="utf-8") as file:
            file.write(head + "\n")
            for copy in range(copies):
                move = later(copy)
                for line in filter(None, lines):
                    line = DAYS.sub(move, line)
                    if numbered:
                        own, rest = line.split(",", 1)
                        line = f"{own}K{copy},{rest}"
                    file.write(line + "\n")


main()
