use proptest::prelude::*;

use super::*;

const MUG: &str = "products/mug.yaml";
const PAGE: &str = "content/about.md";

fn kind(path: &str) -> SourceKind {
    SourceKind::of(path).expect("a file of a format")
}

#[track_caller]
fn formatted(path: &str, text: &str) -> String {
    let path = SourcePath::from(path);
    let once = format(kind(&path), &path, text).expect("it can be read");
    assert_eq!(format(kind(&path), &path, &once).expect("it can be read again"), once, "formatting it again changes nothing");
    once
}

#[track_caller]
fn change(path: &str, before: &str, given: &str) -> String {
    let path = SourcePath::from(path);
    merged(kind(&path), &path, Some(before), given).expect("both can be read")
}

#[test]
fn keys_stand_in_the_order_of_the_schema_and_keep_their_comments() {
    let text = "\
# yaml-language-server: $schema=x.json

# What it costs.
price: 24.90 # with tax
title:   Mug


# Sizes
variants:
    # The small one
    - stock: 3
      sku: 007
      options: {Size: no}
    # - sku: later
options:
    Size:
    - no
    - 'yes'
unknown: 1
tags: [a,
  b] # two
# The end.
";
    insta::assert_snapshot!(formatted(MUG, text), @r##"
    # yaml-language-server: $schema=x.json

    title: Mug
    tags: [a, b] # two
    # What it costs.
    price: "24.90" # with tax
    options:
      Size:
        - "no"
        - 'yes'
    unknown: 1

    # Sizes
    variants:
      # The small one
      - sku: "007"
        options: {Size: "no"}
        stock: 3
      # - sku: later
    # The end.
    "##);
}

#[test]
fn texts_of_all_kinds_keep_what_they_say() {
    let text = "title: >-\n   A mug\n   for tea\n\n   and coffee\ndescription: |\n      Hand-thrown.\n\n        code\n      # no comment\nsummary: 'it''s\n  long'\nsku: \"a\\\n  b\"\n";
    insta::assert_snapshot!(formatted(MUG, text), @r#"
    title: >-
      A mug
      for tea

      and coffee
    summary: 'it''s
      long'
    description: |
      Hand-thrown.

        code
      # no comment
    sku: "a\
      b"
    "#);
}

#[test]
fn brackets_open_up_where_they_hold_comments_or_are_too_long() {
    let long = "related: [azulejo-poster, understory-poster, tideline-poster, north-sky-poster,\n  palazzo-poster, twill-poster, another-poster, one-more]\ntitle: Mug\nimages: [{file: a.jpg, # the first\n  alt: ''}]\n";
    insta::assert_snapshot!(formatted(MUG, long), @r"
    title: Mug
    images:
      - file: a.jpg # the first
        alt: ''
    related:
      - azulejo-poster
      - understory-poster
      - tideline-poster
      - north-sky-poster
      - palazzo-poster
      - twill-poster
      - another-poster
      - one-more
    ");
}

#[test]
fn quotes_stand_where_programs_would_read_something_else() {
    let text = "title: 2024\nprice: {EUR: 24.90, USD: 27}\ndate: 2026-05-01\nstock: 12\ndraft: false\ngtin: 4006381333931\nspecifications: {NO: on, Made in: Portugal}\nweight: 380 g\n";
    insta::assert_snapshot!(formatted(MUG, text), @r#"
    title: "2024"
    draft: false
    date: "2026-05-01"
    price: {EUR: "24.90", USD: "27"}
    gtin: "4006381333931"
    stock: 12
    weight: 380 g
    specifications: {"NO": "on", Made in: Portugal}
    "#);
    // What a section's schema declares is not known here: what every program takes for the same stays.
    let page = "---\nserves: 4\nweight: 9.50\nvegan: true\ntitle: Soup\n---\n\nText: *no*\n";
    insta::assert_snapshot!(formatted(PAGE, page), @r#"
    ---
    serves: 4
    weight: "9.50"
    vegan: true
    title: Soup
    ---

    Text: *no*
    "#);
}

#[test]
fn what_cannot_be_read_is_told_and_what_is_no_map_stays() {
    let path = SourcePath::from(MUG);
    assert!(format(kind(MUG), &path, "a: [").is_err());
    assert!(format(kind(MUG), &path, "a: *b\n").is_err());
    for text in ["", "# only a comment\n", "- a\n-   b\n", "text"] {
        assert_eq!(formatted(MUG, text), text);
    }
}

#[test]
fn comments_behind_the_dashes_of_lists_in_lists_stay_in_their_place() {
    let text =
        "title: T\nvariants:\n  -\n    # note\n    -\n      # two\n      a: b\n    # three\n    - c\n  - # four\n    - # five\n      - d\n";
    let once = formatted(MUG, text);
    insta::assert_snapshot!(once, @"
    title: T
    variants:
      # note
      # two
      - - a: b
        # three
        - c
      # four
      # five
      - - - d
    ");
    assert_eq!(formatted(MUG, &once), once);
}

#[test]
fn what_was_hard_to_lay_out_is_formatted_all_the_same() {
    for (text, wanted) in [
        ("price: 10\ntitle: >-\n  Two \n  lines\n", "title: >-\n  Two \n  lines\nprice: \"10\"\n"),
        ("price: 10\ntags: [a, # one\n  b]\n", "tags:\n  - a # one\n  - b\nprice: \"10\"\n"),
        ("price: 10\ntags: [ # one\n  a, b]\n", "tags:\n  # one\n  - a\n  - b\nprice: \"10\"\n"),
        ("price: 10\ntags: [a, b # one\n  ]\n", "tags:\n  - a\n  - b # one\nprice: \"10\"\n"),
        ("price: 10\nimages: [{file: a.jpg, # one\n    alt: x}, # two\n  {file: b.jpg, alt: y}]\n", ""),
        ("price: 10\nseo: {title: a # one\n  , description: b}\n", ""),
        ("price: 10\ntags: [a\n  # one\n  , b]\n", ""),
    ] {
        let got = formatted(MUG, text);
        assert!(got.contains("price: \"10\""), "{text}\n=>\n{got}");
        if !wanted.is_empty() {
            assert_eq!(got, wanted, "{text}");
        }
    }
}

#[test]
fn truth_values_stay_where_they_may_be_some() {
    let text = "title: Mug\nattributes: {dishwasher: true, oven: yes, height: 8}\n";
    assert_eq!(formatted(MUG, text), "title: Mug\nattributes: {dishwasher: true, oven: \"yes\", height: \"8\"}\n");
}

#[test]
fn lines_end_as_they_did() {
    let text = "---\r\ntitle: L # c\r\ntags: [a]\r\n---\r\nbody\r\n\r\nmore\r\n";
    let given = "---\ntitle: L2\ntags:\n  - a\n---\nbody\n\nmore\n";
    assert_eq!(change(PAGE, text, given), text.replace("L #", "L2 #"));
    let given = "---\ntitle: L\ntags:\n  - a\n---\nbody\n\nless\n";
    assert_eq!(change(PAGE, text, given), text.replace("more", "less"));
    assert_eq!(formatted(PAGE, text), text);
    assert_eq!(formatted(PAGE, &text.replace("tags: [a]", "tags:   [a]")), text);
    assert_eq!(formatted(MUG, "price: 10\r\ntitle: >-\r\n  One\r\n  two\r\n"), "title: >-\r\n  One\r\n  two\r\nprice: \"10\"\r\n");
}

#[test]
fn a_change_moves_nothing_else() {
    let before = "\
# The mug.
title:    Mug   # short
price: 24.90
sku: 007

variants:
    - {sku: 007,   stock: 3, options: {Size: no}}   # the first
    - {sku: A-2, stock: 4, options: {Size: large}}
tags: [a, b]
";
    let given = "title: Mug\nprice: \"26.50\"\nsku: \"007\"\nvariants:\n  - sku: \"007\"\n    stock: 3\n    options:\n      Size: \"no\"\n  - sku: A-2\n    stock: 4\n    options:\n      Size: large\ntags:\n  - a\n  - b\nsummary: ''\nimages: []\n";
    assert_eq!(change(MUG, before, given), before.replace("price: 24.90", "price: \"26.50\""));
}

#[test]
fn comments_stay_where_they_are_around_a_change() {
    let before = "# top\ntitle: # behind the key\n  Mug\nvariants:\n  - {sku: A, stock: 1}\n  # - {sku: later}\nprice: # what it costs\n  5.00 # net\n# end\n";
    let given = "title: Mug\nvariants:\n  - sku: A\n    stock: 1\nprice: 6.00\n";
    insta::assert_snapshot!(change(MUG, before, given), @r##"
    # top
    title: # behind the key
      Mug
    variants:
      - {sku: A, stock: 1}
      # - {sku: later}
    # what it costs
    price: "6.00" # net
    # end
    "##);
}

#[test]
fn a_comment_does_not_become_part_of_a_text() {
    let after = change(MUG, "title: Mug\nsummary: Short # a word\n", "title: Mug\nsummary: |-\n  Two\n  lines\n");
    assert_eq!(after, "title: Mug\n# a word\nsummary: |-\n  Two\n  lines\n");
    let after = change(MUG, "related: # others\n  - a\n", "related: b\n");
    assert_eq!(after, "# others\nrelated: b\n");
}

#[test]
fn lists_keep_their_entries_whatever_their_order() {
    let before = "title: Mug\nvariants:\n  # small\n  - {sku: A, stock: 1, price: '5.00'}\n  # large\n  - {sku: B, stock: 2, price: '6.00'}\nrelated: [x, y]\n";
    let given = "title: Mug\nvariants:\n  - sku: C\n    stock: 9\n    price: \"1\"\n  - sku: B\n    stock: 2\n    price: 7.00\n  - sku: A\n    stock: 1\n    price: '5.00'\nrelated: [y, z, x]\n";
    insta::assert_snapshot!(change(MUG, before, given), @r#"
    title: Mug
    variants:
      - {sku: C, stock: 9, price: "1"}
      # large
      - {sku: B, stock: 2, price: '7.00'}
      # small
      - {sku: A, stock: 1, price: '5.00'}
    related: [y, z, x]
    "#);
}

#[test]
fn keys_come_to_their_place_and_go_where_they_are_emptied() {
    let before = "---\ntitle: Soup\nserves: 4 # people\nsummary: Old\nmine: kept\n---\nText\n";
    let given = "---\ntitle: Soup\ndescription: 'Now: this'\nserves: ''\nsummary: \"\"\ntags: [no, a]\ndraft: true\n---\n\nText\n";
    assert_eq!(
        change(PAGE, before, given),
        "---\ntitle: Soup\ndescription: \"Now: this\"\ndraft: true\ntags: [\"no\", a]\nmine: kept\n---\nText\n"
    );
    let new = change(PAGE, "---\ntitle: Soup\n---\n\nOld text\n", "---\ntitle: Soup\n---\nNew\n\ntext");
    assert_eq!(new, "---\ntitle: Soup\n---\n\nNew\n\ntext\n");
}

#[test]
fn what_is_emptied_keeps_its_comments() {
    for before in ["\ntitle: 007 # after\n", "# top\n\n# near\ntitle: Mug\n", "title: Mug\n# end\n"] {
        let after = change(MUG, before, "title: []\n");
        assert_eq!(change(MUG, &after, "title: []\n"), after, "{before}");
    }
    assert_eq!(change(MUG, "# top\n\n# near\ntitle: Mug\n", "title: ''\n"), "# top\n\n{}\n");
}

#[test]
fn own_keys_keep_their_order() {
    let before = "title: Mug\nspecifications:\n  Made in: Portugal # there\n  Material: Clay\n";
    let given = "title: Mug\nspecifications: {Material: Clay, Year: 2024, Made in: Portugal}\n";
    assert_eq!(
        change(MUG, before, given),
        "title: Mug\nspecifications:\n  Made in: Portugal # there\n  Material: Clay\n  Year: \"2024\"\n"
    );
}

#[test]
fn a_new_file_is_written_as_the_house_writes() {
    let path = SourcePath::from(MUG);
    let given = "stock: 3\nprice: \"9.00\"\nimages:\n  - file: a.jpg\n    alt: ''\ntitle: 007\ndescription: |-\n  Two\n\n  lines\nsummary: ''\nvariants:\n  - sku: yes\n    options:\n      Size: no\noptions:\n  Size:\n    - no\n    - b\n";
    insta::assert_snapshot!(merged(kind(MUG), &path, None, given).expect("it can be read"), @r#"
    title: "007"
    description: |-
      Two

      lines
    price: "9.00"
    stock: 3
    images:
      - {file: a.jpg, alt: ""}
    options: {Size: ["no", b]}
    variants:
      - {sku: "yes", options: {Size: "no"}}
    "#);
    let page =
        merged(kind(PAGE), &SourcePath::from(PAGE), None, "---\ntitle: About\ndraft: false\n---\nWe are here.\n").expect("it can be read");
    assert_eq!(page, "---\ntitle: About\ndraft: false\n---\n\nWe are here.\n");
}

#[test]
fn what_cannot_be_read_is_neither_changed_nor_taken() {
    let path = SourcePath::from(MUG);
    for before in ["a: [", "# my notes\n", "- a\n- b # important\n", "text\n"] {
        assert!(merged(kind(MUG), &path, Some(before), "title: Mug\n").is_err(), "{before:?}");
    }
    for given in ["a: [", "", "- a\n", "title: &a x\n"] {
        assert!(merged(kind(MUG), &path, Some("title: Mug\n"), given).is_err(), "{given:?}");
    }
}

/// A file as people write them, in every style.
fn yaml_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("007".to_owned()),
        Just("no".to_owned()),
        Just("24.90".to_owned()),
        Just("2026-05-01".to_owned()),
        Just("'it''s'".to_owned()),
        Just("\"a # b\"".to_owned()),
        Just("Size".to_owned()),
        "[a-z]{1,6}( [a-z]{1,6})?",
    ];
    let leaf = prop_oneof![
        word.clone(),
        prop::collection::vec(word.clone(), 0..4).prop_map(|words| format!("[{}]", words.join(", "))),
        prop::collection::vec(word.clone(), 1..4).prop_map(|words| format!("[{} # in brackets\n  ]", words.join(",\n  "))),
        word.clone().prop_map(|word| format!("{{Size: {word}, other: [x, {word}]}}")),
        word.clone().prop_map(|word| format!("# behind\n  {word}")),
        "[a-z#:'\" ]{0,8}[a-z]".prop_map(|text| format!("|\n   x{text}\n\n     {text}")),
        word.clone().prop_map(|word| format!(">-\n  one\n  two {word}\n\n  three")),
    ];
    let item = prop_oneof![
        leaf.clone().prop_map(|leaf| format!("  - {}\n", leaf.replace('\n', "\n    "))),
        (word.clone(), leaf.clone())
            .prop_map(|(word, leaf)| format!("  - sku: {word} # own\n    stock: {}\n", leaf.replace('\n', "\n      "))),
        Just("  # a note\n".to_owned()),
        Just("\n".to_owned()),
    ];
    let key = prop::sample::select(vec!["title", "price", "variants", "options", "tags", "unknown", "seo", "summary", "related", "sku"]);
    let entry = (
        key,
        prop_oneof![
            leaf.prop_map(|leaf| format!(" {leaf} # after\n").replace("\n # after", "\n")),
            prop::collection::vec(item, 1..4).prop_map(|items| format!("\n  - first\n{}", items.concat())),
        ],
        prop::sample::select(vec!["", "\n", "# above\n", "\n\n# far above\n\n# near\n"]),
    );
    prop::collection::btree_map(Just(()), Just(()), 0..1).prop_flat_map(move |_| {
        prop::collection::vec(entry.clone(), 1..6).prop_map(|entries| {
            let mut seen = std::collections::BTreeSet::new();
            entries.into_iter().filter(|(key, ..)| seen.insert(*key)).map(|(key, value, note)| format!("{note}{key}:{value}")).collect()
        })
    })
}

fn meaning(text: &str) -> Option<(Vec<Diagnostic>, Option<yaml::Node>)> {
    let mut diagnostics = Vec::new();
    let node = yaml::read(&SourcePath::from(MUG), text, (0, text.len()), &mut diagnostics);
    diagnostics.is_empty().then_some((diagnostics, node))
}

/// Values without places and styles; maps by key.
fn values(node: &yaml::Node) -> serde_json::Value {
    match &node.value {
        yaml::Value::Null | yaml::Value::Refused => serde_json::Value::Null,
        yaml::Value::Scalar(text, _) => text.as_str().into(),
        yaml::Value::List(items) => items.iter().map(values).collect(),
        yaml::Value::Map(entries) => {
            let sorted: std::collections::BTreeMap<_, _> = entries.iter().map(|(key, node)| (key.text.clone(), values(node))).collect();
            sorted.into_iter().collect::<serde_json::Map<_, _>>().into()
        }
    }
}

/// What is left of a value without what is empty in it.
fn full(value: serde_json::Value) -> Option<serde_json::Value> {
    match value {
        serde_json::Value::Array(items) => {
            Some(items.into_iter().filter_map(full).collect::<Vec<_>>()).filter(|items| !items.is_empty()).map(Into::into)
        }
        serde_json::Value::Object(entries) => {
            let entries: serde_json::Map<_, _> = entries.into_iter().filter_map(|(key, value)| Some((key, full(value)?))).collect();
            (!entries.is_empty()).then(|| entries.into())
        }
        serde_json::Value::String(text) => (!text.trim().is_empty()).then(|| text.into()),
        serde_json::Value::Null => None,
        other => Some(other),
    }
}

proptest! {
    #[test]
    fn formatting_changes_no_meaning_and_is_done_once(text in yaml_text()) {
        let path = SourcePath::from(MUG);
        let Some((_, Some(node))) = meaning(&text) else { return Ok(()) };
        let once = format(kind(MUG), &path, &text).expect("it was read");
        let (_, again) = meaning(&once).expect("what is written can be read");
        prop_assert_eq!(values(&node), values(&again.expect("it is not empty")), "{}", once);
        prop_assert_eq!(format(kind(MUG), &path, &once).expect("it can be read"), once.clone());
        prop_assert!(once.matches('#').count() >= text.matches('#').count(), "{text}\n=>\n{once}");
        // It was laid out, and not left as it was because something got lost.
        prop_assert!(!once.contains("\n\n\n"), "{}", once);
        let quoted = quoted(kind(MUG), &path, &text).expect("it was read");
        let (_, read) = meaning(&quoted).expect("what is quoted can be read");
        prop_assert_eq!(values(&node), values(&read.expect("it is not empty")));
    }

    #[test]
    fn a_change_says_what_was_asked(before in yaml_text(), given in yaml_text()) {
        let path = SourcePath::from(MUG);
        let (Some((_, Some(_))), Some((_, Some(wanted)))) = (meaning(&before), meaning(&given)) else { return Ok(()) };
        let after = merged(kind(MUG), &path, Some(&before), &given).expect("both were read");
        let (_, node) = meaning(&after).unwrap_or_else(|| panic!("what is written can be read:\n{before}\n+\n{given}\n=>\n{after}"));
        let (after_values, wanted) = (node.map_or_else(|| serde_json::json!({}), |node| values(&node)), values(&wanted));
        let wanted = full(wanted);
        for (key, value) in wanted.iter().filter_map(serde_json::Value::as_object).flatten() {
            prop_assert_eq!(full(after_values[key].clone()), Some(value.clone()), "{}\n{}\n+\n{}\n=>\n{}", key, before, given, after);
        }
        // The same once more is no change.
        prop_assert_eq!(merged(kind(MUG), &path, Some(&after), &given).expect("both were read"), after);
    }
}
