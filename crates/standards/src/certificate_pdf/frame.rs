//! The double frame with its beads and corners.

use krilla::geom::{Path, PathBuilder};

use super::palette::{AZURITE, AZURITE_DEEP, beads, fill, finish, push_rectangle, rectangle, stroke};
use super::sheet::{PAGE_HEIGHT, PAGE_WIDTH, Sheet};

const OUTER: f32 = 27.0;
const BEADS: f32 = 33.0;
const INNER: f32 = 39.0;
/// Side of the square in each corner.
const CORNER: f32 = 24.0;

/// Draw the frame around the page.
pub(super) fn draw(sheet: &mut Sheet<'_, '_>) {
    sheet.decoration(|surface| {
        surface.set_fill(None);
        surface.set_stroke(Some(stroke(AZURITE_DEEP, 2.2)));
        let (width, height) = (PAGE_WIDTH - 2.0 * OUTER, PAGE_HEIGHT - 2.0 * OUTER);
        surface.draw_path(&rectangle(OUTER, OUTER, width, height));
        surface.set_stroke(Some(stroke(AZURITE, 0.6)));
        surface.draw_path(&inner_line());
        surface.set_stroke(Some(beads(AZURITE, 2.0, 5.4)));
        surface.draw_path(&bead_lines());
        surface.set_stroke(None);
        surface.set_fill(Some(fill(AZURITE_DEEP)));
        surface.draw_path(&corners());
    });
}

/// The inner line, which steps around the square of each corner.
fn inner_line() -> Path {
    let (near, step) = (INNER, OUTER + CORNER + 4.0);
    let (right, low) = (PAGE_WIDTH - near, PAGE_HEIGHT - near);
    let (step_right, step_low) = (PAGE_WIDTH - step, PAGE_HEIGHT - step);
    let mut path = PathBuilder::new();
    path.move_to(step, near);
    for (x, y) in [
        (step_right, near),
        (step_right, step),
        (right, step),
        (right, step_low),
        (step_right, step_low),
        (step_right, low),
        (step, low),
        (step, step_low),
        (near, step_low),
        (near, step),
        (step, step),
    ] {
        path.line_to(x, y);
    }
    path.close();
    finish(path)
}

/// Four lines between the frames that leave the corners free.
fn bead_lines() -> Path {
    let (near, right, low) = (OUTER + CORNER + 4.0, PAGE_WIDTH - BEADS, PAGE_HEIGHT - BEADS);
    let mut path = PathBuilder::new();
    for y in [BEADS, low] {
        path.move_to(near, y);
        path.line_to(PAGE_WIDTH - near, y);
    }
    for x in [BEADS, right] {
        path.move_to(x, near);
        path.line_to(x, PAGE_HEIGHT - near);
    }
    finish(path)
}

/// A squared spiral (回纹) in each corner, turned so that it winds towards the middle of the page.
fn corners() -> Path {
    // Bars of the spiral in the upper left corner: x, y, width, height in sixths of the corner.
    const BARS: [(f32, f32, f32, f32); 6] = [
        (0.0, 0.0, 6.0, 0.55),
        (0.0, 0.0, 0.55, 6.0),
        (0.0, 5.45, 4.6, 0.55),
        (4.05, 1.5, 0.55, 4.5),
        (1.5, 1.5, 3.1, 0.55),
        (1.5, 1.5, 0.55, 2.6),
    ];
    let mut path = PathBuilder::new();
    for (mirror_x, mirror_y) in [(false, false), (true, false), (false, true), (true, true)] {
        for (x, y, width, height) in BARS.map(|(x, y, width, height)| {
            let scale = CORNER / 6.0;
            (OUTER + x * scale, OUTER + y * scale, width * scale, height * scale)
        }) {
            let left = if mirror_x { PAGE_WIDTH - x - width } else { x };
            let top = if mirror_y { PAGE_HEIGHT - y - height } else { y };
            push_rectangle(&mut path, left, top, width, height);
        }
    }
    finish(path)
}
