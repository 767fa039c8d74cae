#!/usr/bin/env python3
"""Draws the slides, captions and chimes of one sample lesson, and records measured lengths.

    draw_slides.py draw LESSON.toml FRAMES_DIR MEDIA_DIR
    draw_slides.py record COURSE.toml LESSON MILLISECONDS

`draw` leaves numbered PNG frames, `frames.txt` for ffmpeg's concat demuxer, `settings` for the shell
and, where the lesson asks for it, `chime.wav` in FRAMES_DIR; the two WebVTT files go to MEDIA_DIR.
`record` writes what ffprobe measured into the lesson of that name, so that no length is typed by hand.
Needs Python 3.11, Pillow and the Noto CJK fonts. Colours are those of the product's style sheet.
"""

import math
import pathlib
import re
import struct
import sys
import tomllib
import wave

from PIL import Image, ImageDraw, ImageFont

PAPER, LINE = "#fbfaf7", "#e6e2d9"
INK, INK_QUIET = "#1d2129", "#565d6b"
AZURITE, AZURITE_DEEP = "#0f6073", "#0a4654"
FONTS = pathlib.Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED_CHINESE = 2  # index of the SC face in the collection
NEVER_FIRST = "，。：；？！、）》”…"  # a row must not begin with these
KIND_WORDS = {
    "open": "导学", "read": "阅读", "think": "思考",
    "practise": "练习", "check": "自查", "close": "小结",
}
SAMPLE_RATE = 22_050


class Sheet:
    """One blank slide, 640 x 360 units large, drawn at `scale` pixels a unit."""

    def __init__(self, scale):
        self.scale = scale
        # H.264 wants even sides: 640 x 360 or 854 x 480.
        size = tuple(2 * round(side * scale / 2) for side in (640, 360))
        self.image = Image.new("RGB", size, PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.box(0, 0, 8, 360, AZURITE)

    def font(self, name, size):
        return ImageFont.truetype(str(FONTS / name), round(size * self.scale), index=SIMPLIFIED_CHINESE)

    def title_font(self, size):
        return self.font("NotoSerifCJK-Bold.ttc", size)

    def text_font(self, size):
        return self.font("NotoSansCJK-Regular.ttc", size)

    def box(self, left, top, right, bottom, colour):
        self.draw.rectangle([round(v * self.scale) for v in (left, top, right, bottom)], fill=colour)

    def write(self, left, top, text, font, colour, anchor="la"):
        self.draw.text((round(left * self.scale), round(top * self.scale)), text, font=font, fill=colour, anchor=anchor)

    def rows(self, text, font, width):
        """Breaks Chinese text into rows no wider than `width`; punctuation never opens a row."""
        rows, row = [], ""
        for sign in text:
            too_wide = font.getlength(row + sign) > width * self.scale
            if too_wide and sign in NEVER_FIRST:
                rows.append(row[:-1])
                row = row[-1]
            elif too_wide:
                rows.append(row)
                row = ""
            row += sign
        return rows + [row]


def fitting(sheet, lines, sizes, room):
    """The size of `sizes` at which all `lines` fit into `room` units of height, and their rows.

    The largest size wins, unless it leaves more rows of one or two signs than a smaller one.
    """
    best, fewest_widows = None, len(lines) + 1
    for size in sizes:
        font = sheet.text_font(size)
        paragraphs = [sheet.rows(line, font, 560) for line in lines]
        height = sum(len(p) for p in paragraphs) * size * 1.4 + len(lines) * size * 0.3
        widows = sum(len(p) > 1 and len(p[-1]) <= 3 for p in paragraphs)
        if height <= room and widows < fewest_widows:
            best, fewest_widows = (size, paragraphs), widows
    return best or sys.exit(f"too much text for one slide: {lines}")


def draw_lines(sheet, slide, shown, large):
    """Writes the first `shown` lines; a bar marks the one being read."""
    sizes, room = ((32, 28), 160) if large else ((24, 23, 22, 21), 252)
    size, paragraphs = fitting(sheet, slide["lines"], sizes, room)
    font, top = sheet.text_font(size), 104 if large else 88
    for index, paragraph in enumerate(paragraphs[:shown]):
        if not large and index == shown - 1:
            sheet.box(26, top + 4, 30, top + len(paragraph) * size * 1.4 - 2, AZURITE)
        for row in paragraph:
            sheet.write(42, top, row, font, INK)
            top += size * 1.4
        top += size * 0.3


def draw_steps(sheet, figure):
    """A row of boxes joined by short arrows."""
    count = len(figure["labels"])
    width = (556 - 24 * (count - 1)) / count
    font = sheet.text_font(min(26, (width - 8) / max(len(label) for label in figure["labels"])))
    for index, label in enumerate(figure["labels"]):
        left = 42 + index * (width + 24)
        sheet.box(left, 130, left + width, 206, AZURITE_DEEP)
        sheet.box(left + 2, 132, left + width - 2, 204, PAPER)
        sheet.write(left + width / 2, 168, label, font, INK, "mm")
        if index + 1 < count:
            sheet.box(left + width + 5, 166, left + width + 19, 170, AZURITE)


def draw_bars(sheet, figure):
    """Labels with bars as long as their percents."""
    font = sheet.text_font(24)
    for index, (label, percent) in enumerate(zip(figure["labels"], figure["percents"])):
        top = 156 + index * 36
        sheet.write(42, top, label, font, INK)
        sheet.box(84, top + 8, 84 + 4.4 * percent, top + 28, AZURITE)
        sheet.write(94 + 4.4 * percent, top + 2, f"{percent}%", sheet.text_font(20), INK_QUIET)


def draw_levels(sheet, figure):
    """Coloured fields with the level's name below."""
    for index, (label, colour) in enumerate(zip(figure["labels"], figure["colours"])):
        left = 42 + index * 142
        sheet.box(left, 110, left + 130, 180, colour)
        sheet.write(left + 65, 206, label, sheet.text_font(26), INK, "mm")


FIGURES = {"steps": draw_steps, "bars": draw_bars, "levels": draw_levels}


def draw_slide(lesson, number, shown):
    """Slide `number` of `lesson` with its first `shown` lines."""
    slide, large = lesson["slide"][number], "chime" in lesson
    sheet = Sheet(4 / 3 if large else 1)
    sheet.write(40, 22, slide["title"], sheet.title_font(38 if large else 34), AZURITE_DEEP)
    if slide.get("kind"):
        sheet.write(598, 34, KIND_WORDS[slide["kind"]], sheet.text_font(20), INK_QUIET, "ra")
    draw_lines(sheet, slide, shown, large)
    if figure := slide.get("figure"):
        FIGURES[figure["kind"]](sheet, figure)
    step = 556 / len(lesson["slide"])
    for index in range(len(lesson["slide"])):
        colour = AZURITE if index <= number else LINE
        sheet.box(42 + index * step, 349, 36 + (index + 1) * step, 353, colour)
    return sheet.image


def draw_frames(lesson, folder):
    """Writes each state of each slide once, with how long it stands."""
    entries, name = [], ""
    for number, slide in enumerate(lesson["slide"]):
        # A guided lesson shows line after line; a short one shows the slide whole.
        states = [len(slide["lines"])] if "chime" in lesson else range(1, len(slide["lines"]) + 1)
        for shown in states:
            name = f"{len(entries):03}.png"
            draw_slide(lesson, number, shown).save(folder / name)
            entries.append(f"file {name}\nduration {slide['seconds'] / len(states):.3f}\n")
    # The concat demuxer honours the last duration only when the file is named once more.
    (folder / "frames.txt").write_text("".join(entries) + f"file {name}\n")


def clock(seconds):
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"


def write_captions(lesson, path, texts_of):
    """A WebVTT file: the texts of a slide share its time evenly."""
    cues, start = ["WEBVTT\n"], 0
    for slide in lesson["slide"]:
        texts = texts_of(slide)
        each = slide["seconds"] / len(texts)
        for index, text in enumerate(texts):
            begin = start + index * each
            cues.append(f"{clock(begin)} --> {clock(begin + each)}\n{text}\n")
        start += slide["seconds"]
    path.write_text("\n".join(cues), encoding="utf-8")


def write_chime(lesson, path):
    """A soft bell of three partials at each change of slide, silence between."""
    total = sum(slide["seconds"] for slide in lesson["slide"])
    samples = [0.0] * (total * SAMPLE_RATE)
    start = 0
    for slide in lesson["slide"]:
        for tick in range(2 * SAMPLE_RATE):
            age = tick / SAMPLE_RATE
            attack = min(1.0, age / 0.02)
            for frequency, loudness, decay in ((523.25, 0.10, 2.4), (783.99, 0.05, 3.2), (1046.5, 0.025, 4.5)):
                samples[start + tick] += attack * loudness * math.exp(-decay * age) * math.sin(2 * math.pi * frequency * age)
        start += slide["seconds"] * SAMPLE_RATE
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(b"".join(struct.pack("<h", round(32_767 * value)) for value in samples))


def draw(source, frames, media):
    """All that ffmpeg needs to make one lesson, and its captions."""
    lesson = tomllib.loads(source.read_text(encoding="utf-8"))
    draw_frames(lesson, frames)
    write_captions(lesson, media / f"{source.stem}.zh.vtt", lambda slide: slide.get("say") or slide["lines"])
    write_captions(lesson, media / f"{source.stem}.en.vtt", lambda slide: slide["say_en"])
    if lesson.get("chime"):
        write_chime(lesson, frames / "chime.wav")
    seconds = sum(slide["seconds"] for slide in lesson["slide"])
    (frames / "settings").write_text(f"rate={lesson['frames_per_second']}\nseconds={seconds}\n")


def record(course, lesson, milliseconds):
    """Puts the measured length, and the whole seconds it is worth, into the lesson's table."""
    pattern = re.compile(
        rf'(slug = "{re.escape(lesson)}"\n(?:[^\[\n].*\n)*?)length_ms = \d+\ncredit_seconds = \d+\n'
    )
    text, found = pattern.subn(
        rf"\g<1>length_ms = {milliseconds}\ncredit_seconds = {milliseconds // 1000}\n", course.read_text(encoding="utf-8")
    )
    if found != 1:
        sys.exit(f"{course}: no lesson {lesson} with length_ms and credit_seconds")
    course.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["draw", source, frames, media]:
            draw(pathlib.Path(source), pathlib.Path(frames), pathlib.Path(media))
        case ["record", course, lesson, milliseconds]:
            record(pathlib.Path(course), lesson, int(milliseconds))
        case _:
            sys.exit(__doc__)
