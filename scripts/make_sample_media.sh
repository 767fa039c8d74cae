#!/usr/bin/env bash
# Makes the sample city's lessons (crates/jixue/media) from their text: slides, chimes, captions, H.264 MP4.
#
#   scripts/make_sample_media.sh [LESSON ...]      all lessons, or only those named
#
# A guided lesson (自学辅导) of 75 minutes is a slide show of one frame every 15 seconds, without sound: about
# 100 kB, playable and seekable like any other film. A short lesson has two frames a second and a soft chime.
# The measured lengths are written back into course.toml. Needs Debian's ffmpeg, python3-pil, fonts-noto-cjk.
set -euo pipefail
cd "$(dirname "$0")/.."
courses=crates/jixue/src/sample/content/courses
media=crates/jixue/media
limit=$((3 * 1024 * 1024))
# Debian's own interpreter: Pillow comes as its package.
python=/usr/bin/python3

command -v ffmpeg ffprobe >/dev/null && "$python" -c 'import PIL, tomllib' && ls /usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc >/dev/null || {
    echo "missing tools; as root: apt-get install -y ffmpeg python3-pil fonts-noto-cjk" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$media"

# One thread, no dates, no tool names: the same text gives the same bytes with the same ffmpeg.
encode() { # frames-folder output
    local rate seconds sound=(-an) quality=38
    # shellcheck disable=SC1091
    source "$1/settings"
    if [ -f "$1/chime.wav" ]; then
        sound=(-i "$1/chime.wav" -c:a aac -b:a 24k)
        quality=32
    fi
    local inputs=(-f concat -i "$1/frames.txt")
    [ "${sound[0]}" = -i ] && inputs+=("${sound[@]:0:2}") && sound=("${sound[@]:2}")
    # A constant quantiser lets unchanged blocks cost nothing for an hour; text needs no psycho-visual noise.
    ffmpeg -nostdin -y -loglevel error "${inputs[@]}" -t "$seconds" -vf "fps=$rate,format=yuv420p" \
        -c:v libx264 -preset veryslow -qp "$quality" -g 100000 -threads 1 \
        -x264-params psy=0:bframes=0:scenecut=0 "${sound[@]}" \
        -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart "$2"
}

for source in "$courses"/*/slides/*.toml; do
    lesson=$(basename "$source" .toml)
    if [ $# -gt 0 ] && [[ " $* " != *" $lesson "* ]]; then continue; fi
    frames="$work/$lesson"
    mkdir "$frames"
    "$python" scripts/draw_slides.py draw "$source" "$frames" "$media"
    encode "$frames" "$media/$lesson.mp4"
    length=$(ffprobe -v error -show_entries format=duration -of default=nk=1:nw=1 "$media/$lesson.mp4" | awk '{printf "%d", $1 * 1000}')
    "$python" scripts/draw_slides.py record "$(dirname "$source")/../course.toml" "$lesson" "$length"
    printf '%-8s %9d ms %8d bytes\n' "$lesson" "$length" "$(stat -c %s "$media/$lesson.mp4")"
    rm -r "$frames"
done

total=$(cat "$media"/* | wc -c)
echo "$media: $total bytes"
[ "$total" -le "$limit" ] || { echo "more than $limit bytes" >&2; exit 1; }
