//! SVG as pictures: what is drawn of one, written anew. Whatever runs, loads or animates is not drawn, so it is not published
//! either; `usvg` knows only shapes, paints and filters.

use std::sync::Arc;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, Reader};
use resvg::tiny_skia::{Pixmap, Transform};
use usvg::fontdb::Database;
use usvg::{Group, ImageHrefResolver, Indent, Node, Options, Tree, WriteOptions, filter};

use super::MAX_SIDE;

/// The largest SVG that is read, in bytes, and the largest that is written: a few lines can ask for many copies of a shape.
const LARGEST: usize = 2 << 20;
/// More turns of noise (`feTurbulence`) than a screen can show.
const MOST_OCTAVES: u32 = 12;
/// The most pixels by which a filter may look around each pixel: the time grows with it.
const MOST_AROUND: f32 = 200.0;

/// The most that is drawn of one: shapes and groups, groups that are drawn by themselves before they are put onto the others, such groups within
/// one another, each of which takes a picture's memory, and steps of filters over the whole picture; over a part of it they count as that part.
const MOST: Load = Load { nodes: 100_000, layers: 2_000, depth: 30, steps: 50.0 };

/// An SVG that can be drawn.
pub struct Drawing(Tree);

impl Drawing {
    /// Reads one; else why it cannot be shown.
    pub fn read(svg: &[u8]) -> Result<Self, String> {
        if svg.len() > LARGEST {
            return Err(format!("it has {} kB, and an SVG at most {}", svg.len() / 1024, LARGEST / 1024));
        }
        looks_the_same_everywhere(svg)?;
        let tree = parse(svg, &Arc::default())?;
        if tree.root().children().is_empty() {
            return Err("nothing in it is a shape".to_owned());
        }
        let most = f32::from(u16::try_from(MAX_SIDE).unwrap_or(u16::MAX));
        if tree.size().width() > most || tree.size().height() > most {
            return Err(format!("it is larger than {MAX_SIDE} a side"));
        }
        tree.filters().iter().flat_map(|filter| filter.primitives()).try_for_each(|step| is_quick(step.kind()))?;
        Load::default().add(tree.root(), 0, tree.size().width() * tree.size().height())?;
        Ok(Self(tree))
    }

    /// Its own width and height, in whole pixels.
    pub fn size(&self) -> (u32, u32) {
        let whole = |side: f32| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is checked to be within u16")]
            let pixels = side.round() as u32;
            pixels.max(1)
        };
        (whole(self.0.size().width()), whole(self.0.size().height()))
    }

    /// What is published of it: what is drawn, in as few words.
    pub fn written(&self) -> Result<Vec<u8>, String> {
        let form = WriteOptions { indent: Indent::None, coordinates_precision: 5, ..WriteOptions::default() };
        let written = self.0.to_string(&form);
        if written.len() > LARGEST {
            return Err(format!("it would have {} kB when its repeated parts are written out", written.len() / 1024));
        }
        let size = self.0.size();
        // Without it, what is shown larger or smaller than its own size would be cut off.
        let written = written.replacen("<svg ", &format!("<svg viewBox=\"0 0 {} {}\" ", size.width(), size.height()), 1);
        runs_nothing(written.as_bytes())?;
        Ok(written.into_bytes())
    }

    /// As a PNG of a width and height, transparent where nothing is drawn.
    pub fn drawn(&self, width: u32, height: u32) -> Result<Vec<u8>, String> {
        let mut pixels = Pixmap::new(width, height).ok_or("a picture has at least one pixel")?;
        let side = |side: u32| u16::try_from(side).map(f32::from).map_err(|_| "a picture has at most 65,535 pixels a side");
        let (across, down) = (side(width)? / self.0.size().width(), side(height)? / self.0.size().height());
        resvg::render(&self.0, Transform::from_scale(across, down), &mut pixels.as_mut());
        png(&pixels)
    }
}

/// Text is drawn in whatever font a machine has, and a picture in it is seldom a drawing, and never cleaned.
fn looks_the_same_everywhere(svg: &[u8]) -> Result<(), String> {
    let mut reader = Reader::from_reader(svg);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => match tag.local_name().as_ref() {
                b"text" => return Err("it has text, which needs a font".to_owned()),
                b"image" | b"feImage" => return Err("it has a picture within".to_owned()),
                _ => {}
            },
            Ok(Event::DocType(text)) => declares_nothing(&text)?,
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(format!("it is no XML: {error}")),
        }
    }
}

/// Entities of one's own can make a few lines grow without end.
fn declares_nothing(document_type: &[u8]) -> Result<(), String> {
    if document_type.contains(&b'[') { Err("its document type declares something of its own".to_owned()) } else { Ok(()) }
}

/// What drawing costs.
#[derive(Default)]
struct Load {
    nodes: usize,
    layers: usize,
    depth: usize,
    steps: f32,
}

impl Load {
    /// Adds what a group of a picture of an area costs that lies within so many others of their own; an error where it becomes too much.
    fn add(&mut self, group: &Group, depth: usize, area: f32) -> Result<(), String> {
        let own = usize::from(group.should_isolate());
        let depth = depth + own;
        self.nodes += 1;
        self.layers += own;
        self.depth = self.depth.max(depth);
        let steps: usize = group.filters().iter().map(|filter| filter.primitives().len()).sum();
        let place = group.abs_layer_bounding_box();
        let share = (place.width() * place.height() / area).clamp(0.01, 1.0);
        self.steps += f32::from(u16::try_from(steps).unwrap_or(u16::MAX)) * share;
        let is_too_much = [(self.nodes, MOST.nodes), (self.layers, MOST.layers), (self.depth, MOST.depth)];
        if self.steps > MOST.steps || is_too_much.iter().any(|(is, most)| is > most) {
            return Err("it has too many shapes, filters, or transparent groups".to_owned());
        }
        for node in group.children() {
            if let Node::Group(inner) = node {
                self.add(inner, depth, area)?;
            } else {
                self.nodes += 1;
            }
            // Masks, clips and patterns are drawn by themselves too.
            let mut added = Ok(());
            node.subroots(|within| {
                if added.is_ok() {
                    added = self.add(within, depth + 1, area);
                }
            });
            added?;
        }
        Ok(())
    }
}

fn is_quick(step: &filter::Kind) -> Result<(), String> {
    let is_slow = match step {
        filter::Kind::Turbulence(noise) => noise.num_octaves() > MOST_OCTAVES,
        filter::Kind::Morphology(form) => form.radius_x().get() > MOST_AROUND || form.radius_y().get() > MOST_AROUND,
        filter::Kind::ConvolveMatrix(matrix) => matrix.matrix().columns() * matrix.matrix().rows() > 400,
        _ => false,
    };
    if is_slow { Err("it has a filter that takes too long".to_owned()) } else { Ok(()) }
}

/// What programs write for themselves, and browsers show nothing of.
const INERT: [&[u8]; 8] = [
    b"http://creativecommons.org/ns#",
    b"http://purl.org/dc/elements/1.1/",
    b"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    b"http://web.resource.org/cc/",
    b"http://www.bohemiancoding.com/sketch/ns",
    b"http://www.inkscape.org/namespaces/inkscape",
    b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"http://www.w3.org/2000/svg",
];

/// Elements that run something, hold other kinds of documents, or change attributes of others.
const REFUSED: [&[u8]; 7] = [b"script", b"foreignObject", b"handler", b"iframe", b"object", b"embed", b"set"];

/// Whoever opens the address of an SVG would run what is in it.
pub(super) fn runs_nothing(svg: &[u8]) -> Result<(), String> {
    let mut reader = NsReader::from_reader(svg);
    let mut style: Option<String> = None;
    loop {
        let (kind, event) = reader.read_resolved_event().map_err(|error| format!("it is no XML: {error}"))?;
        let is_inert = matches!(kind, ResolveResult::Bound(Namespace(name)) if INERT.contains(&name)) || kind == ResolveResult::Unbound;
        if let Event::Start(tag) | Event::Empty(tag) = &event
            && !is_inert
        {
            let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
            return Err(format!("it has an element `<{name}>` of another kind of document, which is not published"));
        }
        match event {
            Event::Start(tag) => {
                runs_nothing_in(&tag)?;
                if tag.local_name().as_ref() == b"style" {
                    style = Some(String::new());
                }
            }
            Event::Empty(tag) => runs_nothing_in(&tag)?,
            Event::End(tag) if tag.local_name().as_ref() == b"style" => {
                takes_nothing("its style sheet", &style.take().unwrap_or_default())?;
            }
            // Its pieces, between which there may be comments, are one text for browsers.
            Event::Text(text) => style.iter_mut().for_each(|style| style.push_str(&String::from_utf8_lossy(&text))),
            Event::CData(text) => style.iter_mut().for_each(|style| style.push_str(&String::from_utf8_lossy(&text))),
            Event::GeneralRef(_) if style.is_some() => return Err("its style sheet has `&` in it".to_owned()),
            Event::PI(_) => return Err("it has a processing instruction, such as a style sheet from elsewhere".to_owned()),
            Event::DocType(text) => declares_nothing(&text)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn runs_nothing_in(tag: &BytesStart<'_>) -> Result<(), String> {
    let name = tag.local_name();
    let name = name.as_ref();
    let is_animated = name.len() >= 7 && name[..7].eq_ignore_ascii_case(b"animate");
    if is_animated || REFUSED.iter().any(|refused| name.eq_ignore_ascii_case(refused)) {
        return Err(format!("it has an element `<{}>`, which is not published", String::from_utf8_lossy(name)));
    }
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("it is no XML: {error}"))?;
        let key = attribute.key.local_name();
        let key = key.as_ref();
        let written = String::from_utf8_lossy(&attribute.value);
        let value = quick_xml::escape::unescape(&written).map_err(|error| format!("it is no XML: {error}"))?;
        let shown = String::from_utf8_lossy(key);
        if key.len() > 2 && key[..2].eq_ignore_ascii_case(b"on") {
            return Err(format!("it has an event handler `{shown}`, which is not published"));
        }
        // What it shows lies in itself.
        if key.eq_ignore_ascii_case(b"href") && !value.trim_start().starts_with('#') {
            return Err(format!("its `{shown}` leads out of it, to `{}`", value.chars().take(40).collect::<String>()));
        }
        takes_nothing(&format!("its `{shown}`"), &value)?;
    }
    Ok(())
}

/// Whether styles refer to nothing outside of the picture.
fn takes_nothing(what: &str, styles: &str) -> Result<(), String> {
    let styles = styles.to_ascii_lowercase();
    let is_elsewhere = |rest: &str| !rest.trim_start_matches([' ', '"', '\'']).starts_with('#');
    // A `\` could hide either word.
    let takes = ["@import", "image-set(", "image(", "src("].iter().any(|word| styles.contains(word));
    if takes || styles.contains('\\') || styles.split("url(").skip(1).any(is_elsewhere) {
        return Err(format!("{what} takes something from elsewhere"));
    }
    Ok(())
}

/// Nothing is loaded from anywhere: neither files, which `usvg` would read, nor pictures within the SVG. Text is in the given fonts; without
/// any, it is left out.
pub(super) fn parse(svg: &[u8], fonts: &Arc<Database>) -> Result<Tree, String> {
    let fontdb = Arc::clone(fonts);
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    Tree::from_data(svg, &Options { image_href_resolver: nothing, fontdb, ..Options::default() }).map_err(|error| error.to_string())
}

pub(super) fn png(pixels: &Pixmap) -> Result<Vec<u8>, String> {
    let plain: Vec<u8> = pixels
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect();
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
    encoder.write_image(&plain, pixels.width(), pixels.height(), ExtendedColorType::Rgba8).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(inside: &str) -> String {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 20\">{inside}<path fill=\"#c00\" d=\"M0 0h40v20H0z\"/></svg>")
    }

    fn written(svg: &str) -> String {
        String::from_utf8(Drawing::read(svg.as_bytes()).expect(svg).written().expect(svg)).expect("a text")
    }

    #[test]
    fn what_is_drawn_is_published_with_its_size() {
        let drawing = Drawing::read(with("").as_bytes()).expect("an SVG");
        assert_eq!(drawing.size(), (40, 20));
        let svg = written(&with(""));
        assert!(svg.contains("viewBox=\"0 0 40 20\"") && svg.contains("width=\"40\"") && svg.contains("#cc0000"), "{svg}");
        assert_eq!(written(&svg), svg, "what is clean stays");
        let png = image::load_from_memory(&drawing.drawn(80, 40).expect("drawn")).expect("a picture").to_rgba8();
        assert_eq!((png.dimensions(), png[(40, 20)].0), ((80, 40), [0xcc, 0, 0, 255]));
    }

    #[test]
    fn what_runs_or_loads_is_left_out() {
        let clean = written(&with(""));
        for inside in [
            "<script>alert(1)</script>",
            "<script href=\"https://elsewhere.example/a.js\"/>",
            "<g onload=\"alert(1)\"/>",
            "<foreignObject width=\"9\" height=\"9\"><iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"javascript:alert(1)\"/></foreignObject>",
            "<style>@import url(https://elsewhere.example/a.css);</style>",
            "<use href=\"https://elsewhere.example/a.svg#b\"/>",
            "<animate attributeName=\"href\" values=\"javascript:alert(1)\"/>",
            "<set attributeName=\"onmouseover\" to=\"alert(1)\"/>",
            "<metadata>Mira</metadata><title>Mira</title><desc>Mira</desc><!-- Mira -->",
            "<?xml-stylesheet href=\"https://elsewhere.example/a.css\"?>",
        ] {
            assert_eq!(written(&with(inside)).replace("<g/>", ""), clean, "{inside}");
        }
        // What somebody wrote is there no more, and names of elements are written as names.
        for inside in [
            "<a href=\"javascript:alert(1)\"><path d=\"M0 0h9v9z\" onclick=\"alert(1)\"/></a>",
            "<g id=\"a&quot; onload=&quot;alert(1)\"><path id=\"b&quot;/>&lt;script>alert(1)&lt;/script>\" d=\"M0 0h9v9z\"/></g>",
            "<path d=\"M0 0h9v9z\" fill=\"url(https://elsewhere.example/)\" style=\"background:url(https://elsewhere.example/)\"/>",
        ] {
            let svg = written(&with(inside));
            assert!(!svg.contains("javascript:") && !svg.contains("elsewhere") && !svg.contains("onclick"), "{svg}");
            assert_eq!(runs_nothing(svg.as_bytes()), Ok(()), "{svg}");
        }
    }

    #[test]
    fn icons_run_and_load_nothing() {
        for inside in [
            "<h:frame xmlns:h=\"http://www.w3.org/1999/xhtml\" src=\"javascript:alert(1)\"/>",
            "<g xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:img src=\"https://elsewhere.example/a.png\"/></g>",
            "<meta xmlns=\"http://www.w3.org/1999/xhtml\" http-equiv=\"refresh\" content=\"0; https://elsewhere.example/\"/>",
            "<form xmlns=\"http://www.w3.org/1999/xhtml\" action=\"https://elsewhere.example/\"/>",
            "<m:math xmlns:m=\"http://www.w3.org/1998/Math/MathML\"/>",
            "<unknown:thing/>",
            "<style>path { mask: image-set('https://elsewhere.example/a.png' 1x) }</style>",
            "<path style=\"cursor: image(https://elsewhere.example/a.png)\" d=\"M0 0\"/>",
            "<script>alert(1)</script>",
            "<style>@im<!-- -->port \"https://elsewhere.example/a.css\";</style>",
            "<style>path { fill: u<![CDATA[rl(https://elsewhere.example/b.svg#x)]]> }</style>",
            "<g><animateTransform attributeName=\"transform\" to=\"9\"/></g>",
        ] {
            let found = runs_nothing(with(inside).as_bytes()).expect_err(inside);
            assert!(found.contains("not published") || found.contains("elsewhere"), "{inside}: {found}");
        }
        for inside in [
            "<sodipodi:namedview xmlns:sodipodi=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\" pagecolor=\"#fff\"/>",
            "<metadata><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/></metadata>",
            "<style>path { fill: url(#a) }</style>",
        ] {
            assert_eq!(runs_nothing(with(inside).as_bytes()), Ok(()), "{inside}");
        }
    }

    #[test]
    fn what_takes_too_long_is_told() {
        let blur = |steps: usize| {
            let steps = "<feGaussianBlur stdDeviation=\"2\"/>".repeat(steps);
            with(&format!("<filter id=\"f\">{steps}</filter><path filter=\"url(#f)\" d=\"M0 0h40v20H0z\"/>"))
        };
        let layers = |depth: usize| {
            let (begin, end) = ("<g opacity=\".9\">".repeat(depth), "</g>".repeat(depth));
            with(&format!("{begin}<path d=\"M0 0h9v9z\"/><path d=\"M9 9h9v9z\"/>{end}"))
        };
        let many = |count: usize| with(&"<g opacity=\".9\"><path d=\"M0 0h9v9z\"/><path d=\"M9 9h9v9z\"/></g>".repeat(count));
        // As design programs write the shadow of a small thing.
        let shadow = "<filter id=\"s\"><feFlood/><feColorMatrix/><feOffset dy=\"1\"/><feGaussianBlur stdDeviation=\"1\"/><feComposite in2=\"SourceAlpha\"/>\
                      <feColorMatrix/><feBlend in2=\"SourceGraphic\"/><feBlend in2=\"SourceGraphic\"/></filter>";
        let shadows = |count: usize| with(&format!("{shadow}{}", "<path filter=\"url(#s)\" d=\"M9 9h2v2h-2z\"/>".repeat(count)));
        for svg in [blur(5), layers(10), many(100), shadows(20)] {
            assert!(Drawing::read(svg.as_bytes()).is_ok(), "{}", &svg[..200]);
        }
        for svg in [blur(200), layers(60), many(5_000), shadows(10_000)] {
            assert!(Drawing::read(svg.as_bytes()).is_err_and(|told| told.contains("too many")), "{}", &svg[..200]);
        }
    }

    #[test]
    fn nothing_is_read_from_the_disk() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/starter/static/icon.svg");
        for inside in ["<use href=\"FILE#a\"/>", "<filter id=\"f\"><feFlood/></filter><g filter=\"url(FILE#f)\"/>"] {
            let svg = with(&inside.replace("FILE", &file.to_string_lossy()));
            assert!(!written(&svg).contains("icon"), "{svg}");
        }
    }

    #[test]
    fn what_would_look_otherwise_is_told() {
        for (inside, told) in [
            ("<text x=\"1\" y=\"9\">Mira</text>", "it has text"),
            ("<image href=\"data:image/png;base64,AA==\" width=\"9\" height=\"9\"/>", "a picture within"),
            ("<image href=\"/etc/passwd\" width=\"9\" height=\"9\"/>", "a picture within"),
            (
                "<filter id=\"f\"><feTurbulence numOctaves=\"2000000000\" baseFrequency=\"1\"/></filter><path filter=\"url(#f)\" d=\"M0 0h9v9z\"/>",
                "too long",
            ),
            ("<filter id=\"f\"><feMorphology radius=\"100000\"/></filter><path filter=\"url(#f)\" d=\"M0 0h9v9z\"/>", "too long"),
            ("<g", "failed"),
        ] {
            let Err(found) = Drawing::read(with(inside).as_bytes()) else { panic!("{inside}") };
            assert!(found.contains(told), "{inside}: {found}");
        }
        for (svg, told) in [
            ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>".to_owned(), "nothing in it"),
            (with("").replace("0 0 40 20", "0 0 90000 9"), "larger"),
            (format!("<!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>{}", with("<desc>&b;</desc>")), "declares"),
            (with(&" ".repeat(LARGEST)), "kB"),
        ] {
            let Err(found) = Drawing::read(svg.as_bytes()) else { panic!("{}", &svg[..80]) };
            assert!(found.contains(told), "{found}");
        }
    }

    #[test]
    fn copies_of_copies_come_to_an_end() {
        let mut inside = "<path id=\"u0\" d=\"M0 0h1v1z\"/>".to_owned();
        for level in 1..30 {
            inside += &format!("<g id=\"u{level}\"><use href=\"#u{0}\"/><use href=\"#u{0}\"/></g>", level - 1);
        }
        let made = Drawing::read(with(&inside).as_bytes()).and_then(|drawing| drawing.written());
        assert!(made.is_err(), "thousand million shapes");
        let deep = format!("{}{}", "<g>".repeat(5000), "</g>".repeat(5000));
        assert!(Drawing::read(with(&deep).as_bytes()).is_err());
    }
}
