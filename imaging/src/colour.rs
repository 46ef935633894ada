//! Colours as their profile means them, turned into sRGB's: copies carry no profile, and everything that shows a picture
//! without one takes it for sRGB.
//!
//! A profile that cannot be read, or that is of another kind of colours than the picture, says nothing: so browsers take it.

use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Format, MAX_SIDE, PictureError};

/// So far may values of eight bits lie from sRGB's for a profile to count as sRGB. There are dozens of versions of that, and
/// a picture in it is not worth a second look at each pixel.
const SAME: u8 = 2;

/// What a picture's colours have to go through to be sRGB's.
pub(super) struct Profile(ColorProfile);

impl Profile {
    /// Of a picture's embedded profile; `None` where nothing has to be done.
    pub(super) fn read(embedded: &[u8]) -> Option<Self> {
        let profile = Self(ColorProfile::new_from_slice(embedded).ok()?);
        if profile.0.color_space == DataColorSpace::Rgb && profile.is_srgb() { None } else { Some(profile) }
    }

    /// Whether it is of the four inks of print.
    pub(super) fn is_of_inks(&self) -> bool {
        self.0.color_space == DataColorSpace::Cmyk
    }

    fn is_srgb(&self) -> bool {
        const STEPS: [u8; 9] = [0, 32, 64, 96, 128, 160, 192, 224, 255];
        let colours: Vec<u8> = STEPS
            .iter()
            .flat_map(|red| STEPS.iter().flat_map(move |green| STEPS.iter().flat_map(move |blue| [*red, *green, *blue])))
            .collect();
        let mut seen = vec![0; colours.len()];
        let Ok(transform) = self.0.create_transform_8bit(Layout::Rgb, &srgb(), Layout::Rgb, options()) else { return false };
        transform.transform(&colours, &mut seen).is_ok() && colours.iter().zip(&seen).all(|(a, b)| a.abs_diff(*b) <= SAME)
    }

    /// The picture in sRGB, and whether anything was done.
    pub(super) fn apply(&self, mut picture: DynamicImage) -> (DynamicImage, bool) {
        let width = picture.width() as usize;
        let in_eight = |from, to| self.0.create_transform_8bit(from, &srgb(), to, options()).ok();
        let in_sixteen = |from| self.0.create_transform_16bit(from, &srgb(), from, options()).ok();
        let is_done = match (self.0.color_space, &mut picture) {
            (DataColorSpace::Rgb, DynamicImage::ImageRgb8(pixels)) => {
                in_eight(Layout::Rgb, Layout::Rgb).is_some_and(|transform| in_place(&*transform, pixels, width * 3))
            }
            (DataColorSpace::Rgb, DynamicImage::ImageRgba8(pixels)) => {
                in_eight(Layout::Rgba, Layout::Rgba).is_some_and(|transform| in_place(&*transform, pixels, width * 4))
            }
            (DataColorSpace::Rgb, DynamicImage::ImageRgb16(pixels)) => {
                in_sixteen(Layout::Rgb).is_some_and(|transform| in_place(&*transform, pixels, width * 3))
            }
            (DataColorSpace::Rgb, DynamicImage::ImageRgba16(pixels)) => {
                in_sixteen(Layout::Rgba).is_some_and(|transform| in_place(&*transform, pixels, width * 4))
            }
            // More than eight bits of grey are more than a screen shows, and the conversion makes colours of them anyway.
            (DataColorSpace::Gray, DynamicImage::ImageLuma8(_) | DynamicImage::ImageLuma16(_)) => {
                let grey = picture.to_luma8();
                let mut colours = RgbImage::new(grey.width(), grey.height());
                let is_done = in_eight(Layout::Gray, Layout::Rgb).is_some_and(|transform| transform.transform(&grey, &mut colours).is_ok());
                if is_done {
                    picture = DynamicImage::ImageRgb8(colours);
                }
                is_done
            }
            (DataColorSpace::Gray, DynamicImage::ImageLumaA8(_) | DynamicImage::ImageLumaA16(_)) => {
                let grey = picture.to_luma_alpha8();
                let mut colours = RgbaImage::new(grey.width(), grey.height());
                let transform = in_eight(Layout::GrayAlpha, Layout::Rgba);
                let is_done = transform.is_some_and(|transform| transform.transform(&grey, &mut colours).is_ok());
                if is_done {
                    picture = DynamicImage::ImageRgba8(colours);
                }
                is_done
            }
            _ => false,
        };
        (picture, is_done)
    }

    /// A JPEG of four inks in sRGB; `None` where it is none, or where the profile has no way to colours.
    pub(super) fn print(&self, jpeg: &[u8]) -> Option<Result<DynamicImage, PictureError>> {
        let inks = read_inks(jpeg)?;
        let transform = self.0.create_transform_8bit(Layout::Rgba, &srgb(), Layout::Rgb, options()).ok()?;
        let inks = match inks {
            Ok(inks) => inks,
            Err(error) => return Some(Err(error)),
        };
        let mut colours = RgbImage::new(inks.width, inks.height);
        transform.transform(&inks.values, &mut colours).ok()?;
        Some(Ok(DynamicImage::ImageRgb8(colours)))
    }
}

fn srgb() -> ColorProfile {
    ColorProfile::new_srgb()
}

/// Of a camera's or a program's own choice in the profile's header browsers know nothing either.
fn options() -> TransformOptions {
    TransformOptions::default()
}

/// Row by row, so that a large picture is not held twice.
fn in_place<T: Copy + Default>(transform: &dyn TransformExecutor<T>, values: &mut [T], row: usize) -> bool {
    let mut converted = vec![T::default(); row];
    values.chunks_exact_mut(row).all(|row| {
        let is_done = transform.transform(row, &mut converted).is_ok();
        if is_done {
            row.copy_from_slice(&converted);
        }
        is_done
    })
}

/// Cyan, magenta, yellow and black of each pixel: 0 is no ink, 255 all of it.
struct Inks {
    width: u32,
    height: u32,
    values: Vec<u8>,
}

/// The inks of a JPEG that has them. The decoder of all other pictures knows no profile for its way from inks to colours.
///
/// Inks are stored as light that is left, 255 for none: Adobe's programs began with that, all others followed, and browsers read
/// every JPEG of four inks so. `YCCK` stores the three colours of that light as brightness and two differences.
fn read_inks(jpeg: &[u8]) -> Option<Result<Inks, PictureError>> {
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(MAX_SIDE as usize).set_max_height(MAX_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().ok()?;
    let space = decoder.input_colorspace().filter(|space| matches!(space, ColorSpace::CMYK | ColorSpace::YCCK))?;
    let (width, height) = decoder.info().map(|info| (u32::from(info.width), u32::from(info.height)))?;
    // What is stored, as it is.
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    Some(match decoder.decode() {
        Ok(mut values) => {
            for pixel in values.chunks_exact_mut(4) {
                if space == ColorSpace::YCCK {
                    let [red, green, blue] = colours_of([pixel[0], pixel[1], pixel[2]]);
                    pixel[..3].copy_from_slice(&[red, green, blue]);
                    pixel[3] = 255 - pixel[3];
                } else {
                    for light in pixel {
                        *light = 255 - *light;
                    }
                }
            }
            Ok(Inks { width, height, values })
        }
        Err(error) => Err(PictureError::Damaged { format: Format::Jpeg, cause: error.to_string() }),
    })
}

/// Brightness and two differences to red, green and blue (ITU-T T.871, section 7). With `YCCK` these are the inks themselves:
/// what is stored for an ink is 255 without it, and the three are what 255 lacks to that.
fn colours_of([brightness, blue_difference, red_difference]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(brightness), f32::from(blue_difference) - 128.0, f32::from(red_difference) - 128.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
    let byte = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    [byte(y + 1.402 * cr), byte(y - 0.344_136 * cb - 0.714_136 * cr), byte(y + 1.772 * cb)]
}

#[cfg(test)]
mod tests;
