//! The JSON Schemas in `docs/schemas/` are those that the reader itself declares; `UPDATE_EXPECTED=1` writes them anew.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes the schemas' files")]

use std::fs;
use std::path::Path;

use generator::parse::schema;

#[test]
fn the_published_schemas_are_those_of_the_reader() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    for (kind, name) in schema::ALL {
        let text = serde_json::to_string_pretty(&schema::schema(kind)).expect("a schema is JSON") + "\n";
        let path = folder.join(name);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(&path, &text).expect("the schema can be written");
        }
        let published = fs::read_to_string(&path).expect("every kind has a published schema");
        assert_eq!(published, text, "{name}: run with UPDATE_EXPECTED=1");
    }
}
