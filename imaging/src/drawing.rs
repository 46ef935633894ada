//! Drawings: SVG that templates make, such as the card that other sites show of a page, in the theme's own fonts.

use std::fmt;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::Tree;
use resvg::usvg::fontdb::{Database, ID};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use super::vector;

/// The most pixels a side.
const MOST_SIDE: f32 = 4096.0;

/// The fonts in which drawings are written: nothing is taken from the system, so that a drawing is the same everywhere.
#[derive(Clone, Default)]
pub struct Fonts {
    database: Arc<Database>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.database.faces().map(|face| &face.post_script_name)).finish()
    }
}

impl Fonts {
    /// Adds the fonts of a file, TrueType or OpenType. Whether there was one.
    #[must_use]
    pub fn add(&mut self, bytes: &[u8]) -> bool {
        let database = Arc::make_mut(&mut self.database);
        let before = database.len();
        database.load_font_data(bytes.to_vec());
        database.len() > before
    }

    /// Breaks a text into at most so many lines of a width, at a size of letters; both in the drawing's units. What does not fit ends
    /// with `…`. Each letter is measured in the first font that has it, those of the family before others.
    ///
    /// Signs that no font has, such as emoji, are left out; see [`Fonts::lacks`].
    pub fn wrap(&self, text: &str, width: f32, size: f32, lines: usize, family: &str) -> Vec<String> {
        let ruler = Ruler { fonts: self, order: self.order(family), size };
        let mut words: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let word: String = word.chars().filter(|letter| ruler.advance(*letter).is_some()).collect();
            if !word.is_empty() {
                words.extend(ruler.pieces(&word, width));
            }
        }
        let mut broken: Vec<String> = Vec::new();
        for word in words {
            match broken.last_mut() {
                Some(line) if ruler.width(&format!("{line} {word}")) <= width => *line = format!("{line} {word}"),
                _ => broken.push(word),
            }
        }
        if broken.len() > lines {
            broken.truncate(lines);
            if let Some(last) = broken.last_mut() {
                while ruler.width(&format!("{last}…")) > width && last.pop().is_some() {}
                *last = format!("{}…", last.trim_end());
            }
        }
        broken
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.database.is_empty()
    }

    /// The first letter or digit of a text that no font has.
    pub fn lacks(&self, text: &str) -> Option<char> {
        let ruler = Ruler { fonts: self, order: self.order(""), size: 1.0 };
        text.chars().find(|letter| letter.is_alphanumeric() && ruler.advance(*letter).is_none())
    }

    /// The fonts, those of a family first.
    fn order(&self, family: &str) -> Vec<ID> {
        let is_of = |face: &&resvg::usvg::fontdb::FaceInfo| face.families.iter().any(|(name, _)| name.eq_ignore_ascii_case(family));
        let (own, others): (Vec<_>, Vec<_>) = self.database.faces().partition(is_of);
        own.into_iter().chain(others).map(|face| face.id).collect()
    }
}

/// Measures texts of one size.
struct Ruler<'a> {
    fonts: &'a Fonts,
    order: Vec<ID>,
    size: f32,
}

impl Ruler<'_> {
    /// How wide a letter is. `None` where no font has it.
    fn advance(&self, letter: char) -> Option<f32> {
        self.order.iter().find_map(|font| {
            self.fonts.database.with_face_data(*font, |bytes, index| {
                let font = FontRef::from_index(bytes, index).ok()?;
                let glyph = font.charmap().map(letter)?;
                font.glyph_metrics(Size::new(self.size), LocationRef::default()).advance_width(glyph)
            })?
        })
    }

    fn width(&self, text: &str) -> f32 {
        text.chars().filter_map(|letter| self.advance(letter)).sum()
    }

    /// A word that is wider than a line in pieces that are not: scripts without spaces are broken so.
    fn pieces(&self, word: &str, width: f32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut used = 0.0;
        for letter in word.chars() {
            let more = self.advance(letter).unwrap_or(0.0);
            let piece = pieces.last_mut().expect("there is a first piece");
            if used + more > width && !piece.is_empty() {
                pieces.push(letter.to_string());
                used = more;
            } else {
                piece.push(letter);
                used += more;
            }
        }
        pieces
    }
}

/// The width and height of an SVG in pixels, rounded up.
///
/// # Errors
///
/// It is no SVG, or larger than 4,096 pixels a side.
pub fn size(svg: &str) -> Result<(u32, u32), String> {
    pixels(&read(svg, &Fonts::default())?)
}

/// An SVG as PNG, in its own size.
///
/// # Errors
///
/// As [`size`].
pub fn draw(svg: &str, fonts: &Fonts) -> Result<Vec<u8>, String> {
    let tree = read(svg, fonts)?;
    let (width, height) = pixels(&tree)?;
    let mut drawn = Pixmap::new(width, height).ok_or("it has no pixels")?;
    resvg::render(&tree, Transform::identity(), &mut drawn.as_mut());
    vector::png(&drawn)
}

fn read(svg: &str, fonts: &Fonts) -> Result<Tree, String> {
    vector::parse(svg.as_bytes(), &fonts.database)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a side is more than 0, and at most MOST_SIDE")]
fn pixels(tree: &Tree) -> Result<(u32, u32), String> {
    let size = tree.size();
    if size.width() > MOST_SIDE || size.height() > MOST_SIDE {
        return Err(format!("it is {} × {} pixels, and at most {MOST_SIDE} a side are drawn", size.width(), size.height()));
    }
    Ok((size.width().ceil() as u32, size.height().ceil() as u32))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn fonts() -> Fonts {
        let mut fonts = Fonts::default();
        for bytes in [
            &include_bytes!("../../themes/default/fonts/instrument-sans-500.ttf")[..],
            include_bytes!("../../themes/default/fonts/plex-sans-arabic-500.ttf"),
        ] {
            assert!(fonts.add(bytes));
        }
        fonts
    }

    fn wrapped(text: &str, lines: usize) -> Vec<String> {
        fonts().wrap(text, 300.0, 40.0, lines, "Instrument Sans")
    }

    #[test]
    fn texts_are_broken_where_they_end() {
        assert_eq!(wrapped("How  a tile\nrepeats", 3), ["How a tile", "repeats"]);
        assert_eq!(wrapped("How a tile repeats, and repeats, and repeats", 2), ["How a tile", "repeats, and…"]);
        assert_eq!(wrapped("", 3), [""; 0]);
        assert_eq!(wrapped("Größenänderungsschneiderei", 3), ["Größenänderun", "gsschneiderei"]);
        // Joined letters are narrower than those that are measured.
        assert_eq!(wrapped("تصميم البلاط", 3), ["تصميم", "البلاط"]);
        assert_eq!(wrapped("Mugs 🎉 again", 3), ["Mugs again"]);
        let ruler = Ruler { fonts: &fonts(), order: fonts().order(""), size: 40.0 };
        assert!(wrapped("a b c d e f g h i j k l m n o p q r s t u v w x y z", 9).iter().all(|line| ruler.width(line) <= 300.0));
    }

    #[test]
    fn a_letter_without_a_font_is_told() {
        for (text, lacks) in [("Ωmega", Some('Ω')), ("2 m²", Some('²')), ("Mugs 🎉", None), ("بلاط", None), ("", None)] {
            assert_eq!(fonts().lacks(text), lacks, "{text}");
        }
        assert_eq!(wrapped("Ωmega", 3), ["mega"]);
        assert!(!Fonts::default().add(b"no font"));
    }

    #[test]
    fn letters_are_drawn_in_the_given_fonts_alone() {
        let svg = |text: &str| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"60\">\
                 <text x=\"5\" y=\"45\" font-size=\"40\" font-family=\"Instrument Sans\">{text}</text></svg>"
            )
        };
        let inked = |text: &str, fonts: &Fonts| {
            let png = image::load_from_memory(&draw(&svg(text), fonts).expect("drawn")).expect("a picture").to_rgba8();
            assert_eq!(png.dimensions(), (200, 60));
            png.pixels().filter(|pixel| pixel.0[3] > 128).count()
        };
        assert!(inked("Tile", &fonts()) > 200);
        assert!(inked("بلاط", &fonts()) > 200);
        assert_eq!(inked("Tile", &Fonts::default()), 0);
        assert_eq!(size(&svg("Tile")), Ok((200, 60)));
    }

    #[test]
    fn what_cannot_be_drawn_is_told() {
        assert!(size("<svg").is_err());
        // What it names is not looked for: neither a file beside, nor a picture within.
        let mut other = tempfile::NamedTempFile::with_suffix(".svg").expect("a file");
        other
            .write_all(b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><path d=\"M0 0h9v9H0z\"/></svg>")
            .expect("written");
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><image href=\"{}\" width=\"9\" height=\"9\"/></svg>",
            other.path().display()
        );
        let png = image::load_from_memory(&draw(&svg, &fonts()).expect("drawn")).expect("a picture").to_rgba8();
        assert!(png.pixels().all(|pixel| pixel.0[3] == 0));
        assert!(
            size("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"5000\" height=\"10\"/>").expect_err("too wide").contains("5000 × 10")
        );
    }
}
