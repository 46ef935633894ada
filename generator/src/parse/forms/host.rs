//! The forms of places at a git host.

use schemars::{Schema, json_schema};

use super::unknown_word;

use crate::diagnostic::codes;
use crate::parse::admin::Host;
use crate::parse::fields::{Problem, Scalar};

words! {
    /// A git host.
    HostWord -> Host, ["github" => Host::Github, "gitlab" => Host::Gitlab, "gitea" => Host::Gitea]
}

form! {
    /// A repository at a git host: `owner/name`, or below groups.
    RepositoryName -> String, {"type": "string", "pattern": "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$"}, |text| {
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > 1 && parts.iter().all(|part| is_name(part) && !matches!(*part, "." | "..")) {
            return Ok(text.to_owned());
        }
        // An address copied from the browser holds it.
        let path = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path.trim_end_matches(".git"));
        let help = match path.filter(|path| RepositoryName::parse(path).is_ok()) {
            Some(path) => format!("write `{path}`"),
            None => "write the owner's name and the repository's: `owner/name`".to_owned(),
        };
        Err(Problem::new(codes::ADMIN_REPOSITORY, "is no repository", help))
    }
}

form! {
    /// The name of a branch, as git allows it (git-check-ref-format).
    BranchName -> String, {"type": ["string", "number"], "pattern": "^[^\\s~^:?*\\[\\\\]+$"}, |text| {
        let bad = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c);
        let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
        if !text.contains(bad) && !text.contains("..") && !text.contains("@{") && !text.starts_with('-') && !text.ends_with('.') && text.split('/').all(part) {
            return Ok(text.to_owned());
        }
        Err(Problem::new(codes::ADMIN_REPOSITORY, "is no branch", "write the name that git has for it, such as `main`"))
    }
}

form! {
    /// A path at a host.
    HostPath -> String, {"type": "string", "pattern": "^/?[A-Za-z0-9_.~/-]+$"}, |text| {
        if text.chars().all(|c| c.is_ascii_alphanumeric() || "_.~/-".contains(c)) && !text.contains("..") {
            return Ok(text.trim_start_matches('/').to_owned());
        }
        Err(Problem::new(codes::ADMIN_REPOSITORY, "is no path", "write for example `oauth/authorize`"))
    }
}
