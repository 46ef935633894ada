//! Whatever comes in, an answer goes out, and every file of it can be read.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn check_any(import: &Import) {
    for (path, text) in import.files.iter().filter(|(path, _)| !path.ends_with("_index.md")) {
        serde_saphyr::from_str::<Value>(text).unwrap_or_else(|e| panic!("{path}: {e}\n{text}"));
    }
    let _ = import.report.to_string();
    plan_downloads(import);
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = shopify(&bytes, &options());
        let _ = woocommerce(&bytes, &options());
    }

    #[test]
    fn any_shopify_cells_make_files_that_read(cells in proptest::collection::vec("[ -~]{0,6}|any|Size|1|\\PC{0,4}", 0..110)) {
        let mut csv = csv::Writer::from_writer(SHOPIFY.as_bytes().to_vec());
        for row in cells.chunks_exact(22) {
            csv.write_record(row).expect("memory");
        }
        if let Ok(import) = shopify(&csv.into_inner().expect("memory"), &options()) {
            check_any(&import);
        }
    }

    #[test]
    fn any_woocommerce_cells_make_files_that_read(
        cells in proptest::collection::vec("variable|variation|simple|grouped|A|A, B|1|2|\\PC{0,5}|https://a.example/[a-z,]{1,3}", 0..140)
    ) {
        let mut csv = csv::Writer::from_writer(WOO.as_bytes().to_vec());
        for row in cells.chunks_exact(26) {
            csv.write_record(row).expect("memory");
        }
        if let Ok(import) = woocommerce(&csv.into_inner().expect("memory"), &options()) {
            check_any(&import);
        }
    }
}
