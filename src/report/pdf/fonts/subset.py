"""Makes the fonts of this folder from Liberation Serif 2.1.5: Latin with Vietnamese, no hints.

    python3 subset.py /usr/share/fonts/truetype/liberation2 .

Needs fonttools. The result has another name because "Liberation" is a reserved one (OFL, clause 3).
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NAME = "Doisoat Serif"
RANGES = [
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x1A0, 0x1A1),  # O with a horn
    (0x1AF, 0x1B0),  # U with a horn
    (0x1EA0, 0x1EF9),  # Vietnamese
    (0x2009, 0x2009),  # thin space
    (0x2010, 0x2015),  # hyphens and dashes
    (0x2018, 0x201E),  # quotation marks
    (0x2020, 0x2022),  # daggers, bullet
    (0x2026, 0x2026),  # ellipsis
    (0x202F, 0x202F),  # narrow space that does not break
    (0x2030, 0x2030),  # per mille
    (0x2032, 0x2033),  # primes
    (0x2039, 0x203A),  # quotation marks
    (0x20AB, 0x20AC),  # dong, euro
    (0x2116, 0x2116),  # numero
    (0x2122, 0x2122),  # trade mark
    (0x2190, 0x2193),  # arrows
    (0x2212, 0x2212),  # minus
    (0x2248, 0x2248),  # about
    (0x2260, 0x2260),  # not equal
    (0x2264, 0x2265),  # at most, at least
    (0x25A0, 0x25A1),  # squares
    (0x25B2, 0x25B2),  # triangles
    (0x25BC, 0x25BC),
    (0x25CB, 0x25CB),  # circles
    (0x25CF, 0x25CF),
]


def make(source, target, style):
    font = TTFont(f"{source}/LiberationSerif-{style}.ttf", recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "FFTM", "DSIG", "gasp", "LTSH", "VDMX"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for low, high in RANGES for code in range(low, high + 1)])
    subsetter.subset(font)
    full = NAME if style == "Regular" else f"{NAME} {style}"
    plain = full.replace(" ", "-", 1).replace("-", "", 1).replace(" ", "-")
    for record in font["name"].names:
        names = {1: NAME, 3: f"{full}, from Liberation Serif 2.1.5", 4: full, 6: plain}
        if record.nameID in names:
            record.string = names[record.nameID]
    font.save(f"{target}/DoisoatSerif-{style}.ttf")


for style in ("Regular", "Bold", "Italic"):
    make(sys.argv[1], sys.argv[2], style)
