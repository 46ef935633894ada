//! Icons: one SVG, drawn in the sizes that browsers and phones ask for.

use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use serde::{Deserialize, Serialize};

use super::vector::{parse, png, runs_nothing};

/// The form of an icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum IconForm {
    /// The SVG as it is, which [`check`] has found to run nothing.
    Svg,
    /// PNG, transparent where the SVG is.
    Png,
    /// PNG on a ground: red, green, blue.
    Solid([u8; 3]),
    /// What browsers call `favicon.ico`, with one PNG in it.
    Ico,
}

impl IconForm {
    /// The ending of its file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png | Self::Solid(_) => "png",
            Self::Ico => "ico",
        }
    }
}

/// The largest SVG that is taken for an icon, in bytes.
const LARGEST: usize = 1 << 20;

/// Whether an SVG can be drawn and published; else why not.
pub fn check(svg: &[u8]) -> Result<(), String> {
    if svg.len() > LARGEST {
        return Err(format!("it has {} kB, and an icon at most 1,024", svg.len() / 1024));
    }
    runs_nothing(svg)?;
    parse(svg, &Arc::default()).map(drop)
}

/// An icon of so many pixels a side; an SVG that is no square stands in its middle.
pub fn draw(svg: &[u8], width: u32, form: IconForm) -> Result<Vec<u8>, String> {
    if form == IconForm::Svg {
        return Ok(svg.to_vec());
    }
    let tree = parse(svg, &Arc::default())?;
    let mut pixels = Pixmap::new(width, width).ok_or("an icon has at least one pixel")?;
    if let IconForm::Solid([red, green, blue]) = form {
        pixels.fill(Color::from_rgba8(red, green, blue, 255));
    }
    let side = f32::from(u16::try_from(width).map_err(|_| "an icon has at most 65,535 pixels a side")?);
    let size = tree.size();
    let scale = side / size.width().max(size.height());
    let (right, down) = ((side - size.width() * scale) / 2.0, (side - size.height() * scale) / 2.0);
    resvg::render(&tree, Transform::from_row(scale, 0.0, 0.0, scale, right, down), &mut pixels.as_mut());
    let png = png(&pixels)?;
    Ok(if form == IconForm::Ico { ico(&png, width) } else { png })
}

/// A directory of one entry, as Windows Vista and every browser since read it: the picture is a PNG.
fn ico(png: &[u8], width: u32) -> Vec<u8> {
    const HEAD: u32 = 6 + 16;
    // 0 stands for 256.
    let side = u8::try_from(width).unwrap_or(0);
    let mut bytes = vec![0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 32, 0];
    bytes.extend(u32::try_from(png.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(HEAD.to_le_bytes());
    bytes.extend(png);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"><path fill="#c00" d="M0 0h10v20H0z"/></svg>"##;

    #[test]
    fn draws_every_form() {
        let decoded = |bytes: &[u8]| image::load_from_memory(bytes).expect("a picture").to_rgba8();
        let plain = decoded(&draw(SQUARE, 20, IconForm::Png).expect("drawn"));
        assert_eq!((plain.dimensions(), plain.get_pixel(0, 10).0, plain.get_pixel(10, 10).0), ((20, 20), [0; 4], [0xcc, 0, 0, 255]));
        let solid = decoded(&draw(SQUARE, 20, IconForm::Solid([1, 2, 3])).expect("drawn"));
        assert_eq!(solid.get_pixel(0, 10).0, [1, 2, 3, 255]);
        let ico = draw(SQUARE, 32, IconForm::Ico).expect("drawn");
        assert_eq!(&ico[..8], [0, 0, 1, 0, 1, 0, 32, 32]);
        assert_eq!(decoded(&ico[22..]).dimensions(), (32, 32));
        assert_eq!(draw(SQUARE, 0, IconForm::Svg).expect("as it is"), SQUARE);
        assert_eq!(draw(SQUARE, 64, IconForm::Png), draw(SQUARE, 64, IconForm::Png));
    }

    #[test]
    fn what_is_no_svg_is_told() {
        assert!(check(SQUARE).is_ok());
        assert!(check(b"a text").is_err());
        assert!(check(b"<html xmlns=\"http://www.w3.org/1999/xhtml\"/>").is_err());
        assert!(check(&SQUARE[..SQUARE.len() - 3]).is_err());
    }

    #[test]
    fn what_would_run_is_refused() {
        let with =
            |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\">{inside}<path d=\"M0 0h8v8z\"/></svg>");
        for inside in [
            "",
            "<g id=\"a\"/><use href=\"#a\"/>",
            "<path fill=\"url(#g)\" d=\"M0 0h8v8z\"/>",
            "<!-- <script> -->",
            "<title>x</title>",
            "<style>@media (prefers-color-scheme: dark) { path { fill: url(#g) } }</style>",
        ] {
            assert_eq!(check(with(inside).as_bytes()), Ok(()), "{inside}");
        }
        for inside in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<s:script xmlns:s=\"http://www.w3.org/2000/svg\"/>",
            "<g onload=\"alert(1)\"/>",
            "<a href=\"javascript:alert(1)\"/>",
            "<use href=\"https://elsewhere.example/a.svg#b\"/>",
            "<image href=\"data:image/svg+xml,x\"/>",
            "<g fill=\"url(https://elsewhere.example/)\"/>",
            "<foreignObject/>",
            "<style>@import url(https://elsewhere.example/a.css);</style>",
            "<style>a { fill: u\\72l(https://elsewhere.example/) }</style>",
            "<style>&#64;import 'x'</style>",
            "<a xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"&#106;avascript:alert(1)\"/>",
            "<animate attributeName=\"href\" values=\"javascript:alert(1)\"/>",
            "<?xml-stylesheet href=\"a.css\"?>",
        ] {
            assert!(check(with(inside).as_bytes()).is_err(), "{inside}");
        }
        assert!(check(&[SQUARE, &vec![b' '; LARGEST][..]].concat()).is_err());
    }
}
