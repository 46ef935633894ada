//! How well a colour can be read on another: WCAG 2.2's contrast ratio (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>). Colours are
//! `#rrggbb`.

/// What texts need at least, by level AA.
pub(super) const LEAST: f64 = 4.5;

/// From 1, the same brightness, to 21, black on white.
pub(super) fn ratio(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The colour nearest to this one, towards black or white, that can be read on a ground.
pub(super) fn readable(colour: &str, ground: &str) -> String {
    let end = if ratio("#000000", ground) > ratio("#ffffff", ground) { 0 } else { 255 };
    let own = channels(colour);
    let mixed = |step: u32| {
        let mix = |own: u8| (u32::from(own) * (100 - step) + end * step) / 100;
        format!("#{:02x}{:02x}{:02x}", mix(own[0]), mix(own[1]), mix(own[2]))
    };
    // One of black and white has at least 4.58 on any ground.
    (0..=100).map(mixed).find(|mixed| ratio(mixed, ground) >= LEAST).unwrap_or_else(|| mixed(100))
}

fn luminance(colour: &str) -> f64 {
    let linear = |channel: u8| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = channels(colour).map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn channels(colour: &str) -> [u8; 3] {
    let digits = colour.trim_start_matches('#');
    [0, 2, 4].map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_the_recommendation() {
        for (one, other, wanted) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 4.0),
        ] {
            assert!((ratio(one, other) - wanted).abs() < 0.01, "{one} on {other}: {}", ratio(one, other));
            assert!((ratio(one, other) - ratio(other, one)).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn a_readable_colour_can_be_read_and_is_near() {
        assert_eq!(readable("#767676", "#ffffff"), "#767676", "it can be read already");
        for ground in ["#ffffff", "#f6f4ee", "#161614", "#777777"] {
            let found = readable("#e0a030", ground);
            assert!(ratio(&found, ground) >= LEAST, "{found} on {ground}");
        }
    }
}
