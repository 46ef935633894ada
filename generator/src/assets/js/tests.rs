//! Modules in, modules out.

use super::*;

fn theme(files: &[(&str, &str)]) -> BTreeMap<String, Arc<[u8]>> {
    let entry = |(path, text): &(&str, &str)| ((*path).to_owned(), Arc::from(text.as_bytes()));
    files.iter().map(entry).collect()
}

/// The code of the last module by path, with every fingerprint written as `HASH`.
fn code(files: &[(&str, &str)]) -> String {
    let modules = modules(&theme(files)).unwrap();
    let mut code = modules[modules.len() - 1].code.clone();
    for module in &modules {
        let plain = hashed(&module.path, module.code.as_bytes());
        assert_eq!(module.hashed_name, plain);
        let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let neutral = file(&module.path).replace(".js", ".HASH.js");
        code = code.replace(&file(&plain), &neutral);
    }
    code
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let files = [("a.js", ""), ("lib/b.js", ""), ("z.js", text)];
    assert_eq!(code(&files), expected);
}

#[track_caller]
fn check_error(files: &[(&str, &str)], expected: &str) {
    let error = modules(&theme(files)).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn specifiers_name_the_fingerprinted_files() {
    for (text, expected) in [
        ("import './a.js';", "import\"./a.HASH.js\";"),
        ("import x, {y as q} from \"./lib/b.js\"\nx(q)", "import e,{y as t}from\"./lib/b.HASH.js\";e(t);"),
        ("import * as all from './a.js'; all.go()", "import*as e from\"./a.HASH.js\";e.go();"),
        ("export * from './a.js'; export {k} from './lib/../a.js'", "export*from\"./a.HASH.js\";export{k}from\"./a.HASH.js\";"),
        ("addEventListener('x', () => import('./a.js'))", "addEventListener(`x`,()=>import(`./a.HASH.js`));"),
        ("import(`./a.js`)", "import(`./a.HASH.js`);"),
    ] {
        check(text, expected);
    }
}

#[test]
fn what_only_looks_like_an_import_stays() {
    check(
        "// import './a.js'\n/* import('./a.js') */\nf('import \"./a.js\"', `from './a.js' ${1}`, /import '.\\/a.js'/)",
        "f(`import \"./a.js\"`,`from './a.js' ${1}`,/import '.\\/a.js'/);",
    );
    check("o.import('./a.js');", "o.import(`./a.js`);");
}

#[test]
fn text_is_shortened_without_changing_its_meaning() {
    for (text, expected) in [
        ("let a = 1\nlet b = a\n++b\nf(a,b)", "let e=1;let t=e;++t;f(e,t);"),
        ("f(a / b / c, /[/]\\/*/g.test(`x ${ {a: `}`}.a } y`))", "f(a/b/c,/[/]\\/*/g.test(`x ${{a:`}`}.a} y`));"),
        ("const f = () => {\n  return\n  1\n}\nf()", "const f=()=>{return;1};f();"),
        ("a = b + +c - -d; e = f++ + ++g", "a=b+ +c- -d;e=f+++ ++g;"),
        ("/*! MIT, by A */\nf()\n/** doc */\ng()", "/*! MIT, by A */\nf();g();"),
        (
            "export class CartCount extends HTMLElement {\n  #open = 1;\n  connectedCallback() { this.#open++ }\n}",
            "export class CartCount extends HTMLElement{#e=1;connectedCallback(){this.#e++}}",
        ),
        ("export function total(lines) { const sum = lines.length; return sum }", "export function total(e){const t=e.length;return t}"),
    ] {
        check(text, expected);
    }
}

#[test]
fn a_change_renames_whatever_imports_it() {
    let files = |leaf| {
        theme(&[
            ("leaf.js", leaf),
            ("middle/m.js", "import '../leaf.js'"),
            ("other.js", "go()"),
            ("top.js", "import './middle/m.js'; import('./leaf.js')"),
        ])
    };
    let before = modules(&files("one()")).unwrap();
    assert_eq!(before, modules(&files("one()")).unwrap());
    let after = modules(&files("two()")).unwrap();
    let renamed: Vec<&str> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before.hashed_name != after.hashed_name)
        .map(|(before, _)| before.path.as_str())
        .collect();
    assert_eq!(renamed, ["leaf.js", "middle/m.js", "top.js"]);
    assert_eq!(after[3].imports, ["middle/m.js"]);
    // White space is not content.
    assert_eq!(before, modules(&files("  one( ) // same")).unwrap());
}

#[test]
fn mistakes_have_a_place_and_a_cure() {
    check_error(&[("a.js", "f()\n/* ü */ let = = 2")], "a.js:2:15: unexpected token");
    check_error(&[("a.js", "let a = 1\nlet a = 2")], "a.js:1:5: identifier `a` has already been declared");
    check_error(&[("x/a.js", "\n import './b.js'")], "x/a.js:2:9: the theme has no module `x/b.js`: correct the path or add it");
    for (specifier, path) in [("lit", "lit"), ("https://x.example/a.js", "https://x.example/a.js"), ("/a.js", "/a.js")] {
        check_error(
            &[("a.js", &format!("import '{specifier}'"))],
            &format!(
                "a.js:1:8: `{path}` is not a module of the theme: copy it into the theme and import \
                 it by a path that starts with `./` or `../`"
            ),
        );
    }
    check_error(&[("a.js", "import '../../b.js'")], "a.js:1:8: `../../b.js` lies outside the theme: move the file into it");
    check_error(
        &[("a.js", "import(name)")],
        "a.js:1:8: which module this is cannot be known before the script runs, and so not its \
         published name either: write the path as a plain string",
    );
}

#[test]
fn a_circle_is_named() {
    check_error(
        &[("a.js", "import './b.js'"), ("b.js", "import './c.js'"), ("c.js", "f()\nimport('./b.js')")],
        "c.js:2:8: modules import each other in a circle, `b.js` → `c.js` → `b.js`: move what they \
         share into a module of its own",
    );
    check_error(
        &[("a.js", "import './a.js'")],
        "a.js:1:8: modules import each other in a circle, `a.js` → `a.js`: move what they share \
         into a module of its own",
    );
}

#[test]
fn text_that_is_no_text_is_refused() {
    let files = BTreeMap::from([("a.js".to_owned(), Arc::from(&b"f()\n\xff"[..]))]);
    assert_eq!(modules(&files).unwrap_err().to_string(), "a.js:2:1: this is not UTF-8 text: save the file as UTF-8",);
}
