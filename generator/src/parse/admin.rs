//! The settings of the editor in the browser: on which git host the shop's repository is.

use serde::{Deserialize, Serialize};

use super::fields::{Reader, keys};
use super::forms::{BranchName, HostPath, HostWord, Line, RepositoryName, Url};
use crate::diagnostic::{Span, Spanned, codes};

keys! {
    "The editor in the browser, which the build publishes at /admin/, and the git host with the shop's repository."
    struct RawAdmin {
        #[required] backend: HostWord, "The git host: github, gitlab or gitea.";
        #[required] repo: RepositoryName, "The repository there: owner/name.";
        branch: BranchName, "The branch that editors change; the repository's default, when nothing is written.";
        base_url: Url, "The host's address where it is your own; of github, the address of the program that logs editors in.";
        auth_endpoint: HostPath, "The path there at which logging in begins.";
        api_root: Url, "The address of the host's interface for programs, where it is your own.";
        app_id: Line, "The id of the application that was made at gitlab or gitea for logging in.";
    }
}

/// A git host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Host {
    /// github.com, or one's own.
    Github,
    /// gitlab.com, or one's own.
    Gitlab,
    /// One's own.
    Gitea,
}

impl Host {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Gitea => "gitea",
        }
    }
}

/// Where the editor in the browser keeps what it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminSettings {
    /// The git host.
    pub host: Host,
    /// `owner/name`, of gitlab also `group/subgroup/name`.
    pub repo: String,
    /// `None`: the repository's default.
    pub branch: Option<String>,
    /// An `https://` address.
    pub base_url: Option<String>,
    /// A path without a slash in front.
    pub auth_endpoint: Option<String>,
    /// An `https://` address.
    pub api_root: Option<String>,
    /// Of an application at the host.
    pub app_id: Option<String>,
}

/// The settings; `None` where something required is missing or wrong, which has been told.
pub(super) fn admin(raw: Spanned<RawAdmin>, reader: &mut Reader<'_>) -> Option<AdminSettings> {
    let place = raw.span;
    let RawAdmin { backend, repo, branch, base_url, auth_endpoint, api_root, app_id, written } = raw.value;
    let (host, repo) = (backend?.value, repo?);
    let has = |key: &str| written.iter().find(|(known, _)| *known == key).map(|(_, span)| Span::clone(span));
    match (host, has("app_id")) {
        (Host::Github, Some(span)) => {
            let message = "`app_id` means nothing for github";
            reader.error(codes::ADMIN_HOST, message, span, "remove it; `base_url` names the program that logs editors in");
        }
        (Host::Gitlab | Host::Gitea, None) => {
            let message = format!("{} needs an `app_id`", host.name());
            reader.error(codes::ADMIN_HOST, message, place.clone(), "make an application at the host and write its id: `app_id: …`");
        }
        _ => {}
    }
    if host == Host::Gitea && has("base_url").is_none() {
        reader.error(codes::ADMIN_HOST, "gitea needs a `base_url`", place, "write the host's address: `base_url: https://git.example`");
    }
    if host != Host::Gitlab && repo.value.matches('/').count() > 1 {
        let message = format!("`{}` is no repository of {}", repo.value, host.name());
        reader.error(codes::ADMIN_HOST, message, repo.span.clone(), "write `owner/name`");
    }
    let text = |value: Option<Spanned<String>>| value.map(|value| value.value);
    let (branch, base_url, auth_endpoint) = (text(branch), text(base_url), text(auth_endpoint));
    Some(AdminSettings { host, repo: repo.value, branch, base_url, auth_endpoint, api_root: text(api_root), app_id: text(app_id) })
}
