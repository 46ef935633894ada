use super::super::{Parsed, SourceKind, parse};
use super::*;
use serde_json::json;

fn read(path: &str, text: &str) -> (Option<serde_json::Value>, Vec<String>) {
    assert_eq!(SourceKind::of(path), Some(SourceKind::Data));
    let (parsed, told) = parse(SourceKind::Data, &path.into(), text.as_bytes());
    let place = |told: &Diagnostic| told.span.as_ref().map_or("", |span| &text[span.start as usize..span.end as usize]).to_owned();
    let told = told.iter().map(|told| format!("{} `{}`", told.code, place(told))).collect();
    match parsed {
        Parsed::Data(data) => (Some(serde_json::Value::clone(&data.value)), told),
        _ => (None, told),
    }
}

#[test]
fn the_same_data_is_the_same_in_every_form() {
    let wanted = json!([
        {"name": "Quay, Kiel", "zip": "07545", "price": "24.90", "places": 12, "open": true, "note": "say \"no\""},
        {"name": "Ö", "zip": "no", "price": "1", "places": -3, "open": false, "note": ""},
    ]);
    let yaml = "- {name: 'Quay, Kiel', zip: 07545, price: 24.90, places: 12, open: true, note: 'say \"no\"'}\n\
                - {name: Ö, zip: no, price: '1', places: -3, open: false, note: ''}\n";
    let json = "[{\"name\": \"Quay, Kiel\", \"zip\": \"07545\", \"price\": 24.90, \"places\": 12, \"open\": true, \"note\": \"say \\\"no\\\"\"},\n\
                \t{\"name\": \"\\u00d6\", \"zip\": \"no\", \"price\": \"1\", \"places\": -3, \"open\": false, \"note\": \"\"}]";
    let csv =
        "\u{feff}name;zip;price;places;open;note\r\n\"Quay, Kiel\"; 07545;24.90;12;true;\"say \"\"no\"\"\"\r\n\r\nÖ;no;\"1\";-3;false\r\n";
    for (path, text) in [("data/a.yaml", yaml), ("data/b/c.json", json), ("data/d.csv", csv)] {
        assert_eq!(read(path, text), (Some(wanted.clone()), vec![]), "{path}");
    }
}

#[test]
fn what_cannot_be_read_is_told_at_its_place() {
    for (path, text, told) in [
        ("data/a.json", "[1, 2,]", "E223 `]`"),
        ("data/a.json", "{\"a\": 1\n\"ö\": 2}", "E223 `\"`"),
        ("data/a.json", "", "E020 ``"),
        ("data/a.csv", "", "E020 ``"),
        ("data/a.csv", "a,b\n1,2,3\n", "E223 `3`"),
        ("data/a.csv", "a,b\n\"1,2\n3,4\n", "E223 `\"1,2`"),
        ("data/a.csv", "a,,b\n1,2,3\n", "E223 ``"),
        ("data/a.csv", "a,b, a\n1,2,3\n", "E223 `a`"),
    ] {
        assert_eq!(read(path, text).1, [told], "{text}");
    }
    assert_eq!(read("data/a.json", "{\"a\\\"\": 1, \"b\": [{\"a\\\"\": 2, \"a\\\"\" : 3}]}").1, ["E011 `\"a\\\"\"`"]);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read("data/a.json", &deep).1.len(), 1);
}

proptest::proptest! {
    #[test]
    fn anything_has_an_answer(text in "[\\[\\]{}\",;:a0\\\\\n\té-]{0,80}", ending in "(json|csv|yaml)") {
        let (value, told) = read(&format!("data/a.{ending}"), &text);
        proptest::prop_assert!(value.is_some() || !told.is_empty());
    }

    #[test]
    fn json_is_what_other_readers_say(text in "[\\[\\]{}\",:a0-9\\\\ ]{0,40}") {
        let expected: Result<serde_json::Value, _> = serde_json::from_str(&text);
        let (value, told) = read("data/a.json", &text);
        // Numbers that are no whole ones stay texts, and what stands twice is told.
        let is_plain = !text.contains(|c: char| c.is_ascii_digit()) && told.is_empty();
        if is_plain { proptest::prop_assert_eq!(value, expected.ok()); }
    }
}
