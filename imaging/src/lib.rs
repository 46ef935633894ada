//! Pictures: what a header says, and the smaller copies that the storefront shows.
//!
//! Copies stand upright (the EXIF orientation is applied), are sRGB, carry no metadata, are never larger than
//! the original and depend on nothing but the original's bytes, the width and the constants below.
//!
//! Bytes in, bytes out: nothing here opens a file, reads a clock or knows a template. It is a crate of its own so that it is optimised in
//! a development build too, for most of its work is done by generic code of others, which is compiled with what uses it.

mod colour;
mod crop;
mod decode;
pub mod drawing;
mod encode;
pub mod icons;
mod structure;
#[cfg(test)]
mod tests;
mod vector;

use image::ImageDecoder as _;
use serde::{Deserialize, Serialize};

pub use crop::{Crop, CropProblem, Focus, Ratio};
use icons::IconForm;
use vector::Drawing;

/// The most pixels that are decoded: 50 million, what the largest phone cameras take.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The most pixels a side.
pub const MAX_SIDE: u32 = 20_000;
/// The most memory that a decoder may take for one picture, in bytes: 16-bit colours with alpha
/// at [`MAX_PIXELS`], and room to work.
pub const MAX_DECODE_BYTES: u64 = 512 * 1024 * 1024;
/// The width that an 'original' copy has at most, in pixels: it is a fallback and what other sites
/// show as a preview, not a way to hand out the photographer's file.
pub const MAX_ORIGINAL_WIDTH: u32 = 1600;
/// The largest side that a WebP file can have (RFC 9649, section 2.7: 14 bits; libwebp's own
/// limit is one less).
const MAX_WEBP_SIDE: u32 = 16_383;

/// Whether this program can make AVIF: its feature `avif` is on.
pub const AVIF: bool = cfg!(feature = "avif");

/// The most that a page spends on a picture that has not come yet, in bytes: with the words around it 300 in a page.
pub const MAX_BLUR_BYTES: usize = 208;

/// What a picture's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Width in pixels, as it is seen: after the EXIF orientation.
    pub width: u32,
    /// Height in pixels, likewise.
    pub height: u32,
    /// How the file is encoded.
    pub format: Format,
    /// More than one frame. Such a picture is offered as it is, in its one size.
    pub animated: bool,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG, APNG included.
    Png,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
    /// SVG.
    Svg,
}

/// What a copy is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Output {
    /// WebP, which every browser since 2020 reads.
    WebP,
    /// AVIF, which every browser since 2023 reads: smaller, and slow to make. Needs [`AVIF`].
    Avif,
    /// The picture's own format, for what reads no WebP; see [`Picture::extension`]. The one copy of what moves, and of an SVG.
    Original,
    /// PNG, drawn from an SVG for what shows none.
    Drawn,
    /// An icon, drawn from an SVG.
    Icon(IconForm),
}

/// One wanted copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Demand {
    /// Wanted width in pixels; what is given is [`Picture::fit`] of it.
    pub width: u32,
    /// Wanted encoding.
    pub output: Output,
    /// The part that is wanted; all of it, where nothing is said.
    pub crop: Option<Crop>,
}

impl Demand {
    /// Of the whole picture.
    pub fn whole(width: u32, output: Output) -> Self {
        Self { width, output, crop: None }
    }
}

/// Why a picture cannot be used. The message says what to do; whoever shows it names the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Not one of the formats.
    #[error("{found} cannot be shown by every browser: save the picture as JPEG, PNG, WebP, GIF or SVG")]
    UnknownFormat {
        /// What the file seems to be.
        found: &'static str,
    },
    /// Larger than the limits, according to the header; nothing was decoded.
    #[error(
        "the picture is {width} × {height} pixels, and at most {MAX_SIDE} a side and {} million \
         altogether are read: save a smaller copy",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The file stops before the picture does.
    #[error("the {} file ends too early, a part of the picture is missing: copy or save it again", .0.name())]
    Truncated(Format),
    /// The file breaks its format's rules.
    #[error("the {} file is damaged ({cause}): save it again", .format.name())]
    Damaged {
        /// The format that it claims to be.
        format: Format,
        /// The decoder's words.
        cause: String,
    },
    /// Correct, perhaps, but of a kind that the decoder does not know.
    #[error("this kind of {} file is not supported ({cause}): save it as an ordinary RGB picture", .format.name())]
    Unsupported {
        /// The format.
        format: Format,
        /// The decoder's words.
        cause: String,
    },
    /// It is no SVG, or none that is drawn alike everywhere.
    #[error("the SVG cannot be drawn ({0}): save it as a plain SVG, with its text turned into paths, or as a PNG")]
    Vector(String),
    /// This program makes no AVIF; see [`AVIF`].
    #[error("this program was built without AVIF: build it with the feature `avif`")]
    NoAvif,
    /// A copy that such a picture cannot give.
    #[error("an animated picture or an SVG has no smaller copies: use its original")]
    OneSize,
}

/// Reads the header: size, orientation and format, within the limits. Nothing is decoded, so that
/// a file which is cut short or damaged further on passes here; [`check`] finds the former.
///
/// `bytes` is the whole file: WebP keeps its orientation at the end, and a GIF its second frame.
pub fn probe(bytes: &[u8]) -> Result<Picture, PictureError> {
    let format = Format::of(bytes)?;
    if format == Format::Svg {
        let (width, height) = Drawing::read(bytes).map_err(PictureError::Vector)?.size();
        return Ok(Picture { width, height, format, animated: false });
    }
    let mut source = decode::open(bytes, format)?;
    let turned = decode::swaps_sides(source.orientation());
    let (width, height) = source.decoder.dimensions();
    let (width, height) = if turned { (height, width) } else { (width, height) };
    Ok(Picture { width, height, format, animated: source.animated })
}

/// [`probe`], and a walk over the file's blocks that tells whether it is whole. Still nothing is
/// decoded: this costs about what hashing the file costs.
pub fn check(bytes: &[u8]) -> Result<Picture, PictureError> {
    let picture = probe(bytes)?;
    if structure::is_whole(bytes, picture.format) { Ok(picture) } else { Err(PictureError::Truncated(picture.format)) }
}

/// One copy; see [`encode_all`].
pub fn encode(bytes: &[u8], width: u32, output: Output) -> Result<Vec<u8>, PictureError> {
    let mut copies = encode_all(bytes, &[Demand::whole(width, output)]);
    copies.pop().expect("one demand has one answer")
}

/// Every demanded copy, in the order of the demands. The picture is decoded once, each copy is
/// made from the decoded original, and so none depends on which others are demanded with it.
pub fn encode_all(bytes: &[u8], demands: &[Demand]) -> Vec<Result<Vec<u8>, PictureError>> {
    if demands.iter().any(|demand| matches!(demand.output, Output::Icon(_))) {
        return demands.iter().map(|demand| icon(bytes, *demand)).collect();
    }
    let picture = match check(bytes) {
        Ok(picture) => picture,
        Err(error) => return vec![Err(error); demands.len()],
    };
    if picture.has_one_size() {
        return demands.iter().map(|demand| whole(bytes, picture, *demand)).collect();
    }
    match decode::decode(bytes, picture.format) {
        Ok(decoded) => encode::copies(bytes, picture, &decoded, demands),
        Err(error) => vec![Err(error); demands.len()],
    }
}

/// A picture, or a part of it, as it looks from afar: a WebP to stand behind it until it has come, in at most [`MAX_BLUR_BYTES`]. `None` where
/// one would be seen through it, where it moves, and for an SVG, which is there at once.
pub fn blur(bytes: &[u8], crop: Option<Crop>) -> Result<Option<Vec<u8>>, PictureError> {
    let picture = check(bytes)?;
    if picture.has_one_size() {
        return Ok(None);
    }
    encode::from_afar(picture, &decode::decode(bytes, picture.format)?, crop)
}

fn icon(svg: &[u8], demand: Demand) -> Result<Vec<u8>, PictureError> {
    match demand.output {
        Output::Icon(form) => icons::draw(svg, demand.width, form).map_err(PictureError::Vector),
        Output::WebP | Output::Avif | Output::Original | Output::Drawn => Err(PictureError::UnknownFormat { found: unknown_name(svg) }),
    }
}

/// A copy of what is shown in its one size: the file, without what nobody sees.
fn whole(bytes: &[u8], picture: Picture, demand: Demand) -> Result<Vec<u8>, PictureError> {
    match (picture.format, demand.output) {
        (Format::Svg, Output::Original) => Drawing::read(bytes).and_then(|drawing| drawing.written()).map_err(PictureError::Vector),
        (Format::Svg, Output::Drawn) => {
            let (width, height) = picture.fit(demand.width, Output::Drawn);
            Drawing::read(bytes).and_then(|drawing| drawing.drawn(width, height)).map_err(PictureError::Vector)
        }
        (format, Output::Original) => {
            let orientation = decode::open(bytes, format)?.orientation();
            Ok(structure::without_metadata(bytes, format, orientation.to_exif()))
        }
        _ => Err(PictureError::OneSize),
    }
}

/// The address of a copy, from the site's root: `/img/<stem>.<hash8>-<width>.<extension>`. What
/// could not stand in an address unescaped becomes a hyphen in the stem.
pub fn file_name(stem: &str, hash8: &str, width: u32, extension: &str) -> String {
    format!("/img/{}.{hash8}-{width}.{extension}", address_stem(stem))
}

/// Lower-case ASCII letters, digits and single hyphens; `picture` when nothing of that is left.
fn address_stem(stem: &str) -> String {
    let words: Vec<String> =
        stem.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    if words.is_empty() { "picture".to_owned() } else { words.join("-") }
}

impl Picture {
    /// What is left of it in a part of certain proportions. Animations and SVG are always shown whole.
    #[must_use]
    pub fn cropped(&self, crop: Option<Crop>) -> Self {
        self.part(crop).map_or(*self, |part| Self { width: part.width, height: part.height, ..*self })
    }

    /// The part that a crop shows; `None` where it is all of it.
    fn part(&self, crop: Option<Crop>) -> Option<crop::Part> {
        crop.filter(|_| !self.has_one_size()).and_then(|crop| crop.of(*self))
    }

    /// Whether a crop leaves anything out.
    pub fn is_cut_by(&self, crop: Crop) -> bool {
        self.part(Some(crop)).is_some()
    }

    /// The size of the copy for a wanted width: never larger than the picture, at most
    /// [`MAX_ORIGINAL_WIDTH`] wide for [`Output::Original`], and of the picture's proportions. An
    /// animated picture has its own size alone.
    pub fn fit(&self, wanted: u32, output: Output) -> (u32, u32) {
        if output == Output::Drawn {
            return self.drawn_at(wanted);
        }
        if self.has_one_size() {
            return (self.width, self.height);
        }
        let most = match output {
            Output::Original | Output::Drawn => MAX_ORIGINAL_WIDTH,
            // One set of widths for both.
            Output::WebP | Output::Avif | Output::Icon(_) => self.widest_webp(),
        };
        let width = wanted.clamp(1, most.min(self.width).max(1));
        (width, self.height_at(width))
    }

    /// The widths to offer out of those that a theme would like: each one once, ascending; those
    /// beyond the picture's own width are replaced by it.
    pub fn widths(&self, wanted: &[u32], output: Output) -> Vec<u32> {
        let mut widths: Vec<u32> = wanted.iter().map(|width| self.fit(*width, output).0).collect();
        widths.sort_unstable();
        widths.dedup();
        widths
    }

    /// Whether it is offered as it is, for browsers to scale: it moves, or has no pixels of its own.
    pub fn has_one_size(&self) -> bool {
        self.animated || self.format == Format::Svg
    }

    /// The extension of a copy, without a dot. A GIF that does not move is given as PNG, which is smaller and loses nothing.
    pub fn extension(&self, output: Output) -> &'static str {
        match (output, self.format) {
            (Output::Icon(form), _) => form.extension(),
            (Output::WebP, _) => "webp",
            (Output::Avif, _) => "avif",
            (Output::Drawn, _) => "png",
            (Output::Original, Format::Jpeg) => "jpg",
            (Output::Original, Format::WebP) => "webp",
            (Output::Original, Format::Svg) => "svg",
            (Output::Original, Format::Gif) if self.animated => "gif",
            (Output::Original, Format::Gif | Format::Png) => "png",
        }
    }

    /// An SVG can be drawn larger than it says that it is; a long one is drawn narrower.
    fn drawn_at(&self, wanted: u32) -> (u32, u32) {
        const HIGHEST: u32 = 4 * MAX_ORIGINAL_WIDTH;
        let width = wanted.clamp(1, MAX_ORIGINAL_WIDTH);
        let height = self.height_at(width);
        if height <= HIGHEST {
            return (width, height);
        }
        let width = u64::from(width) * u64::from(HIGHEST) / u64::from(height);
        (u32::try_from(width).unwrap_or(MAX_ORIGINAL_WIDTH).max(1), HIGHEST)
    }

    /// The width at which the height still fits into a WebP file.
    fn widest_webp(&self) -> u32 {
        if self.height <= MAX_WEBP_SIDE {
            return MAX_WEBP_SIDE;
        }
        let width = u64::from(self.width) * u64::from(MAX_WEBP_SIDE) / u64::from(self.height);
        u32::try_from(width).unwrap_or(MAX_WEBP_SIDE)
    }

    /// The height that keeps the proportions at `width`, rounded half up, at least one pixel.
    fn height_at(&self, width: u32) -> u32 {
        let own_width = u64::from(self.width.max(1));
        let height = (u64::from(self.height) * u64::from(width) + own_width / 2) / own_width;
        u32::try_from(height).unwrap_or(u32::MAX).max(1)
    }
}

impl Format {
    /// The format by the file's first bytes; a file's name proves nothing.
    fn of(bytes: &[u8]) -> Result<Self, PictureError> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            _ if is_svg(bytes) => Ok(Self::Svg),
            _ => Err(PictureError::UnknownFormat { found: unknown_name(bytes) }),
        }
    }

    /// The name that people use.
    fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Svg => "SVG",
        }
    }
}

/// Whether a text has the element of an SVG near its beginning, before which there may be comments.
fn is_svg(bytes: &[u8]) -> bool {
    const NEAR: usize = 4096;
    let start = &bytes[..bytes.len().min(NEAR)];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    start.starts_with(b"<") && (start.windows(4).any(|word| word == b"<svg") || start.windows(5).any(|word| word == b":svg "))
}

/// What a file that we do not read seems to be, for the message.
fn unknown_name(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "an empty file",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => "an AVIF file",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => "a HEIC file",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "a TIFF file",
        [b'B', b'M', ..] => "a BMP file",
        [b'%', b'P', b'D', b'F', ..] => "a PDF file",
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop file",
        [b'<', ..] => "a text file",
        _ => "this file",
    }
}
