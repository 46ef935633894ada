//! Style sheets in, one style sheet out.

use super::*;

/// Bundles `main.css` of a theme given as (path, text). Fonts and pictures exist by the name
/// of their folder.
fn bundled(files: &[(&str, &str)]) -> Result<String, String> {
    let read = |path: &str| {
        let found = files.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| Arc::from(text.as_bytes()))
    };
    let address = |path: &str| {
        let name = path.strip_prefix("fonts/").or(path.strip_prefix("/img/"))?;
        Some(format!("/shop/assets/{name}"))
    };
    bundle("main.css", &read, &address).map_err(|error| error.to_string())
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    assert_eq!(bundled(files).as_deref(), Ok(expected));
}

#[track_caller]
fn check_error(files: &[(&str, &str)], expected: &str) {
    assert_eq!(bundled(files).unwrap_err(), expected);
}

#[test]
fn imports_are_inlined_in_their_layers() {
    check(
        &[
            (
                "main.css",
                "@layer base, parts;\n@import 'base.css' layer(base);\n\
                 @import url(parts/card.css) layer(parts) screen;",
            ),
            ("base.css", "@import './reset.css';\nbody { margin: 0px }"),
            ("reset.css", "* { box-sizing: border-box }"),
            ("parts/card.css", "@import 'icon.css'; .card { color: #ff0000 }"),
            ("parts/icon.css", "svg { fill: none }"),
        ],
        "@layer base{*{box-sizing:border-box}body{margin:0}}\
         @layer parts;@media screen{@layer parts{svg{fill:none}.card{color:red}}}",
    );
}

#[test]
fn newer_syntax_is_lowered_and_layers_are_kept() {
    check(
        &[("main.css", "@layer a { .card { & > img { inset: 0 } &:hover { color: red } } }")],
        "@layer a{.card>img{inset:0}.card:hover{color:red}}",
    );
    check(&[("main.css", "@media (width >= 40rem) { a { padding-inline: 1px } }")], "@media (min-width:40rem){a{padding-inline:1px}}");
}

#[test]
fn addresses_are_pointed_at_the_published_files() {
    check(
        &[
            ("main.css", "@import 'a/b.css'; x { background: url(/img/x.svg) }"),
            (
                "a/b.css",
                "@font-face { font-family: F; src: url('../fonts/f.woff2?v=1') format('woff2') }\n\
                 y { fill: url(#m); background: url('data:image/svg+xml,<svg id=\"a\"/>') }",
            ),
        ],
        "@font-face{font-family:F;src:url(\"/shop/assets/f.woff2?v=1\")format(\"woff2\")}\
         y{fill:url(\"#m\");background:url(\"data:image/svg+xml,<svg id=\\\"a\\\"/>\")}\
         x{background:url(\"/shop/assets/x.svg\")}",
    );
}

#[test]
fn mistakes_have_a_place_and_a_cure() {
    check_error(&[("main.css", "a { color: red }\n/* üü */ b { color }")], "main.css:2:20: unexpected end of input");
    check_error(
        &[("main.css", "@import 'a.css';"), ("a.css", "\n\n@import './b.css';")],
        "a.css:3:1: the theme has no file `b.css`: correct the path or add it",
    );
    check_error(
        &[("main.css", "@import 'https://fonts.example/a.css';")],
        "main.css:1:1: `https://fonts.example/a.css` is not a file of the theme: copy it into \
         the theme and import it by a relative path",
    );
    check_error(&[("main.css", "@import '../a.css';")], "main.css:1:1: `../a.css` lies outside the theme: move the file into it");
    check_error(
        &[("main.css", "@import 'a.css';"), ("a.css", "a{}\n b { background: url(x.png) }")],
        "a.css:2:22: there is no file `x.png`: correct the path or add it",
    );
    check_error(
        &[("main.css", "b { background: url(//cdn.example/x.png) }")],
        "main.css:1:21: `//cdn.example/x.png` is on another host, where browsers may not load \
         it from: copy it into the theme",
    );
    check_error(
        &[("main.css", "b {\n --x: url(x.png) }")],
        "main.css:2:7: `url(x.png)` in a custom property would be looked for where the \
         property is used: write the `url()` there",
    );
    check_error(&[], "main.css:1:1: the theme has no file `main.css`: add it");
}

#[test]
fn a_circle_of_imports_ends() {
    check(
        &[("main.css", "@import 'a.css'; b { color: red }"), ("a.css", "@import 'main.css'; a { color: red }")],
        "a{color:red}b{color:red}",
    );
}
