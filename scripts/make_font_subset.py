#!/usr/bin/env python3
"""Make the "Jixue" font subsets that certificates embed.

Reads the Simplified Chinese faces of Debian's fonts-noto-cjk (SIL OFL 1.1), keeps the characters a certificate may
need, drops hinting and layout tables, gives the result a name of its own (the licence reserves "Source"; "Noto" is a
trademark), turns cubic outlines into TrueType's quadratic ones (a PDF writer subsets those faster) and writes .ttf files.
The same source package and fonttools give the same bytes.

    python3 -m venv /tmp/fonttools && /tmp/fonttools/bin/pip install fonttools
    /tmp/fonttools/bin/python scripts/make_font_subset.py
"""

import argparse
import pathlib
import sys

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, newTable

HERE = pathlib.Path(__file__).resolve().parent
SIMPLIFIED_CHINESE = "SC"
SOURCE = pathlib.Path("/usr/share/fonts/opentype/noto")
OUTPUT = HERE.parent / "crates" / "standards" / "fonts"
BYTES_MAX = 3_500_000  # What the repository should carry at most.
OUTLINE_ERROR_MAX = 2.0  # In thousandths of the font size: 0.06 pt in the largest title.

# Signs beside the hanzi: full-width forms, quotation marks, brackets, dashes, units, numbered marks.
SIGNS = (
    "·※№≥≤×−±÷≠≈∞℃‰°′″§¥€™®©"
    "，。、；：？！（）《》〈〉「」『』【】〔〕“”‘’…—–‐‑～〇々　＋－＝／％＆＊＠＃￥｜＿．"
    "①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩαβγδμπΩ"
    "★☆●○◆◇■□▲△√→←↑↓•"
)


def gb2312_hanzi(rows):
    """The hanzi of these rows of GB 2312-1980: 16 to 55 are level 1 (3,755), 56 to 87 level 2 (3,008)."""
    characters = set()
    for high in (0xA0 + row for row in rows):
        for low in range(0xA1, 0xFF):
            try:
                characters.add(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                continue  # Row 55 ends five cells early.
    return characters


def listed(path):
    """The characters of a list file; a line that begins with # is a remark."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {character for line in lines if not line.startswith("#") for character in line if not character.isspace()}


def latin():
    """ASCII and Latin-1 without control characters and the soft hyphen."""
    return {chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)] if code != 0xAD}


def open_face(path, family_part):
    """The Simplified Chinese face of a collection file."""
    for face in TTCollection(path, lazy=True).fonts:
        name = face["name"].getDebugName(1)
        if SIMPLIFIED_CHINESE in name.split() and "Mono" not in name and family_part in name:
            return face
    sys.exit(f"{path}: no Simplified Chinese face of {family_part}")


def rename(face, family, style):
    """Replace every name: family, style, PostScript name; copyright and licence stay as they were."""
    table = face["name"]
    kept = {number: table.getDebugName(number) for number in (0, 13, 14)}
    table.names = []
    full = f"{family} {style}"
    names = {
        **kept,
        1: family,
        2: style,
        3: f"1.000;{full.replace(' ', '')}",
        4: full,
        5: "Version 1.000",
        6: f"{family.replace(' ', '')}-{style}",
    }
    for number, text in sorted(names.items()):
        if text:
            table.setName(text, number, 3, 1, 0x409)
    face["OS/2"].achVendID = "JXUE"


def to_truetype(face):
    """Replace the CFF table by quadratic outlines."""
    outlines, order = face.getGlyphSet(), face.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, OUTLINE_ERROR_MAX, reverse_direction=True))
        glyphs[name] = pen.glyph()
    face["loca"] = newTable("loca")
    face["glyf"] = newTable("glyf")
    face["glyf"].glyphOrder, face["glyf"].glyphs = order, glyphs
    for name, glyph in glyphs.items():
        glyph.recalcBounds(face["glyf"])
        # A renderer moves a glyph whose bearing is not its left edge.
        face["hmtx"][name] = (face["hmtx"][name][0], getattr(glyph, "xMin", 0))
    del face["CFF "]
    maximums = face["maxp"]
    maximums.tableVersion = 0x00010000
    maximums.maxZones = 1
    for field in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(maximums, f"max{field}", 0)
    maximums.maxSizeOfInstructions = maximums.maxComponentElements = 0
    face["head"].glyphDataFormat = 0
    face.sfntVersion = "\x00\x01\x00\x00"


def make(path, family_part, family, style, characters):
    """Subset one face and return it with the characters it does not have."""
    face = open_face(path, family_part)
    missing = {character for character in characters if ord(character) not in face.getBestCmap()}
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(character) for character in characters - missing])
    cutter.subset(face)
    to_truetype(face)
    rename(face, family, style)
    face.recalcTimestamp = False
    return face, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=pathlib.Path, default=SOURCE, help="folder with the NotoSansCJK .ttc files")
    parser.add_argument("--output", type=pathlib.Path, default=OUTPUT)
    arguments = parser.parse_args()

    # People's names and units are set in Regular, which therefore knows every character we can offer. Bold serves
    # labels, headings and bureau names; a line it cannot write is set in Regular as a whole.
    rare = listed(HERE / "font_rare_name_characters.txt")
    titles = listed(HERE / "font_title_characters.txt")
    body = gb2312_hanzi(range(16, 88)) | rare | latin() | set(SIGNS)
    bold = gb2312_hanzi(range(16, 56)) | titles | latin() | set(SIGNS)
    title = titles | latin() | set("，。、；：（）《》“”·—　")
    plan = [
        ("NotoSansCJK-Regular.ttc", "Sans", "Jixue Sans", "Regular", body),
        ("NotoSansCJK-Bold.ttc", "Sans", "Jixue Sans", "Bold", bold),
        ("NotoSerifCJK-Bold.ttc", "Serif", "Jixue Title", "Bold", title),
    ]
    arguments.output.mkdir(parents=True, exist_ok=True)
    total = 0
    for file, family_part, family, style, characters in plan:
        face, missing = make(arguments.source / file, family_part, family, style, characters)
        if missing:
            sys.exit(f"{file} has no glyph for {''.join(sorted(missing))}")
        target = arguments.output / f"{family.replace(' ', '')}-{style}.ttf"
        face.save(target)
        total += target.stat().st_size
        print(f"{target.name}: {len(characters)} characters, {target.stat().st_size} bytes")
    print(f"together {total} bytes")
    if total > BYTES_MAX:
        sys.exit(f"more than {BYTES_MAX} bytes")


if __name__ == "__main__":
    main()
