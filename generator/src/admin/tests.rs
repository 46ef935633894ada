use sha2::{Digest as _, Sha256};

use super::*;

const VERSION: &str = include_str!("../../vendor/decap-cms/VERSION");

#[test]
fn what_is_compiled_in_is_what_npm_has_published() {
    let sum = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let files: Vec<(&str, &str)> = VERSION.lines().filter_map(|line| line.strip_prefix("sha256 ")?.split_once(' ')).collect();
    assert_eq!(
        files,
        [
            (sum(decap()).as_str(), "decap-cms.js"),
            (sum(include_bytes!("../../vendor/decap-cms/THIRD-PARTY.txt")).as_str(), "THIRD-PARTY.txt")
        ]
    );
    let version = VERSION.lines().find_map(|line| line.strip_prefix("decap-cms ")).expect("a version");
    assert!(std::str::from_utf8(decap()).expect("it is text").contains(&format!("decap-cms {version}")), "{version}");
}

#[test]
fn the_policy_names_whom_the_editor_asks() {
    let admin = |host, base_url: Option<&str>, api_root: Option<&str>| AdminSettings {
        host,
        repo: "a/b".to_owned(),
        branch: None,
        base_url: base_url.map(str::to_owned),
        auth_endpoint: None,
        api_root: api_root.map(str::to_owned),
        app_id: None,
    };
    for (settings, connects) in [
        (admin(Host::Github, None, None), "connect-src 'self' blob: https://api.github.com;"),
        (
            admin(Host::Github, Some("https://login.example/x"), None),
            "connect-src 'self' blob: https://api.github.com https://login.example;",
        ),
        (admin(Host::Github, None, Some("https://git.example/api/v3")), "connect-src 'self' blob: https://git.example;"),
        (admin(Host::Gitlab, None, None), "connect-src 'self' blob: https://gitlab.com;"),
        (admin(Host::Gitlab, Some("https://git.example:8443/"), None), "connect-src 'self' blob: https://git.example:8443;"),
        (admin(Host::Gitea, Some("https://git.example"), None), "connect-src 'self' blob: https://git.example;"),
    ] {
        let headers = headers(Some(&settings));
        assert!(headers[0].1.contains(connects), "{}", headers[0].1);
        assert_eq!(headers[1].1, "same-origin-allow-popups");
    }
    assert!(headers(None)[0].1.contains("connect-src 'self' blob:;"));
}
