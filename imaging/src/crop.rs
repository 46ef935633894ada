//! Parts of pictures: proportions that a place has, and the point that has to stay in sight in any of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Picture;

/// The point of a picture that stays in sight, in percent of its width and height. The middle where nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Focus {
    /// From the left.
    across: u8,
    /// From the top.
    down: u8,
}

/// The proportions of a place: width to height, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ratio {
    across: u16,
    down: u16,
}

/// Which part of a picture is shown: as much as the proportions leave, around the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Crop {
    /// The proportions.
    pub ratio: Ratio,
    /// The point that stays in sight.
    pub focus: Focus,
}

/// A rectangle of a picture as it is seen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// From the left.
    pub left: u32,
    /// From the top.
    pub top: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// What is wrong with a focus or a ratio, following its name, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CropProblem {
    /// `is not a point of a picture`
    pub says: String,
    /// What to write.
    pub help: String,
}

const WORDS: [(&str, Option<u8>, Option<u8>); 5] =
    [("left", Some(0), None), ("right", Some(100), None), ("top", None, Some(0)), ("bottom", None, Some(100)), ("center", None, None)];

impl Default for Focus {
    fn default() -> Self {
        Self { across: 50, down: 50 }
    }
}

impl Focus {
    /// Reads `30% 20%` (from the left, from the top), or one or two of `left`, `right`, `top`, `bottom` and `center`.
    pub fn parse(text: &str) -> Result<Self, CropProblem> {
        const HOW: &str = "write for example `30% 20%`, from the left and from the top, or `top left`";
        let problem = |help: String| CropProblem { says: "is not a point of a picture".to_owned(), help };
        let (mut across, mut down) = (None, None);
        let mut words = 0;
        for word in text.split_whitespace() {
            let (x, y) = if let Some(number) = word.strip_suffix('%') {
                let percent = number.parse::<u8>().ok().filter(|percent| *percent <= 100);
                let percent = percent.ok_or_else(|| problem("percentages are whole numbers from `0%` to `100%`".to_owned()))?;
                if words == 0 { (Some(percent), None) } else { (None, Some(percent)) }
            } else if let Some((_, x, y)) = WORDS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(word)) {
                (*x, *y)
            } else {
                let near = near(word);
                return Err(problem(near.map_or_else(|| HOW.to_owned(), |near| format!("did you mean `{near}`?"))));
            };
            // Two of one direction, such as `left right`, or `top 30%`, where it is unclear of what the number is.
            if (x.is_some() && across.is_some()) || (y.is_some() && down.is_some()) {
                return Err(problem(HOW.to_owned()));
            }
            (across, down) = (across.or(x), down.or(y));
            words += 1;
        }
        let is_half = words == 1 && text.contains('%');
        if words == 0 || words > 2 || is_half {
            return Err(problem(HOW.to_owned()));
        }
        Ok(Self { across: across.unwrap_or(50), down: down.unwrap_or(50) })
    }
}

impl fmt::Display for Focus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}% {}%", self.across, self.down)
    }
}

impl Ratio {
    /// Reads `4:5`. No place is ten times as wide as it is high, or the other way round.
    pub fn parse(text: &str) -> Result<Self, CropProblem> {
        const MOST: u32 = 10;
        let problem = |help: &str| CropProblem { says: "is not a ratio of width to height".to_owned(), help: help.to_owned() };
        let sides = text.split_once(':').map(|(across, down)| (across.trim().parse::<u16>(), down.trim().parse::<u16>()));
        let Some((Ok(across), Ok(down))) = sides else { return Err(problem("write for example `4:5`")) };
        if across == 0 || down == 0 || u32::from(across) > MOST * u32::from(down) || u32::from(down) > MOST * u32::from(across) {
            return Err(problem("write one from `1:10` to `10:1`"));
        }
        let divisor = common_divisor(across, down);
        Ok(Self { across: across / divisor, down: down / divisor })
    }
}

/// The word that was probably meant.
fn near(typed: &str) -> Option<&'static str> {
    const SLIPS: usize = 2;
    let typed = typed.to_ascii_lowercase();
    let slips = |name: &str| strsim::damerau_levenshtein(&typed, name);
    WORDS.iter().map(|(name, ..)| *name).filter(|name| slips(name) <= SLIPS).min_by_key(|name| slips(name))
}

/// Euclid's.
fn common_divisor(one: u16, other: u16) -> u16 {
    if other == 0 { one } else { common_divisor(other, one % other) }
}

impl Crop {
    /// The part that is shown of a picture; `None` where it is all of it.
    pub(super) fn of(self, picture: Picture) -> Option<Part> {
        let (own_width, own_height) = (u64::from(picture.width), u64::from(picture.height));
        let (across, down) = (u64::from(self.ratio.across), u64::from(self.ratio.down));
        let width = ((own_height * across + down / 2) / down).clamp(1, own_width);
        let height = ((own_width * down + across / 2) / across).clamp(1, own_height);
        if width == own_width && height == own_height {
            return None;
        }
        // The focus in the middle, as far as the picture's edges let it be there.
        let start = |own: u64, shown: u64, percent: u8| (own * u64::from(percent) / 100).saturating_sub(shown / 2).min(own - shown);
        let whole = |pixels: u64| u32::try_from(pixels).expect("a part is no larger than its picture");
        Some(Part {
            left: whole(start(own_width, width, self.focus.across)),
            top: whole(start(own_height, height, self.focus.down)),
            width: whole(width),
            height: whole(height),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    #[test]
    fn a_focus_is_words_or_percentages() {
        for (text, expected) in [
            ("30% 20%", "30% 20%"),
            ("top", "50% 0%"),
            ("Bottom", "50% 100%"),
            ("left", "0% 50%"),
            ("top left", "0% 0%"),
            ("right bottom", "100% 100%"),
            ("center", "50% 50%"),
            ("center top", "50% 0%"),
            ("left 20%", "0% 20%"),
            ("30% top", "30% 0%"),
        ] {
            assert_eq!(Focus::parse(text).expect(text).to_string(), expected, "{text}");
            assert_eq!(Focus::parse(expected).expect(expected).to_string(), expected);
        }
        for (text, help) in [
            ("", "write"),
            ("30%", "write"),
            ("30", "write"),
            ("101% 20%", "0%"),
            ("1.5% 20%", "0%"),
            ("-1% 20%", "0%"),
            ("left right", "write"),
            ("top 20%", "write"),
            ("top left right", "write"),
            ("tpo", "`top`"),
            ("lef bottom", "`left`"),
        ] {
            let problem = Focus::parse(text).expect_err(text);
            assert!(problem.help.contains(help), "{text}: {}", problem.help);
        }
    }

    #[test]
    fn a_ratio_is_two_numbers() {
        let ratio = |text| Ratio::parse(text).map(|ratio| (ratio.across, ratio.down)).ok();
        for (text, expected) in [
            ("4:5", Some((4, 5))),
            ("8 : 10", Some((4, 5))),
            ("16:9", Some((16, 9))),
            ("1:10", Some((1, 10))),
            ("1:11", None),
            ("0:1", None),
            ("4/5", None),
            ("4:", None),
            ("wide", None),
            ("99999:1", None),
        ] {
            assert_eq!(ratio(text), expected, "{text}");
        }
    }

    #[test]
    fn a_part_has_the_ratio_and_lies_around_the_focus() {
        let picture = Picture { width: 1000, height: 500, format: Format::Jpeg, animated: false };
        let part = |ratio: &str, focus: &str| {
            let crop = Crop { ratio: Ratio::parse(ratio).expect(ratio), focus: Focus::parse(focus).expect(focus) };
            crop.of(picture).map(|part| (part.left, part.top, part.width, part.height))
        };
        for (ratio, focus, expected) in [
            ("1:1", "center", Some((250, 0, 500, 500))),
            ("1:1", "left", Some((0, 0, 500, 500))),
            ("1:1", "30% 20%", Some((50, 0, 500, 500))),
            ("1:1", "90% 0%", Some((500, 0, 500, 500))),
            ("4:1", "top", Some((0, 0, 1000, 250))),
            ("4:1", "50% 90%", Some((0, 250, 1000, 250))),
            ("4:5", "center", Some((300, 0, 400, 500))),
            ("2:1", "left", None),
            ("1000:499", "left", Some((0, 1, 1000, 499))),
        ] {
            assert_eq!(part(ratio, focus), expected, "{ratio} {focus}");
        }
    }
}
