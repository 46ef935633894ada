//! The requests of Decap's protocol for a local folder, as its proxy backend sends them. Unknown members mean nothing.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request.
#[derive(Debug)]
pub(super) enum Request {
    Info,
    EntriesByFolder(EntriesByFolder),
    EntriesByFiles(EntriesByFiles),
    GetEntry(Named),
    PersistEntry(Persist),
    GetMedia(Media),
    GetMediaFile(Named),
    PersistMedia(PersistMedia),
    DeleteFiles(Vec<String>),
    GetDeployPreview,
}

#[derive(Debug, Deserialize)]
struct Envelope {
    action: String,
    #[serde(default)]
    params: Value,
}

/// All files of a kind in a folder.
#[derive(Debug, Deserialize)]
pub(super) struct EntriesByFolder {
    pub(super) folder: String,
    pub(super) extension: String,
    /// 1: right in the folder.
    pub(super) depth: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct EntriesByFiles {
    pub(super) files: Vec<Labelled>,
}

/// A file and what it is called.
#[derive(Debug, Deserialize)]
pub(super) struct Labelled {
    pub(super) path: String,
    #[serde(default)]
    pub(super) label: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) path: String,
}

/// Texts to be written, and the pictures that came with them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Persist {
    #[serde(default)]
    pub(super) data_files: Vec<DataFile>,
    #[serde(default)]
    pub(super) assets: Vec<Asset>,
}

/// A text to be written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataFile {
    pub(super) path: String,
    pub(super) raw: String,
    /// Where it goes.
    #[serde(default)]
    pub(super) new_path: Option<String>,
}

/// A picture to be written.
#[derive(Debug, Deserialize)]
pub(super) struct Asset {
    pub(super) path: String,
    pub(super) content: String,
    pub(super) encoding: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Media {
    pub(super) media_folder: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct PersistMedia {
    pub(super) asset: Asset,
}

#[derive(Debug, Deserialize)]
struct Paths {
    paths: Vec<String>,
}

impl Request {
    /// Reads a request; says what is wrong with one that cannot be read.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let Envelope { action, params } = serde_json::from_slice(body).map_err(|error| format!("the request cannot be read: {error}"))?;
        Ok(match action.as_str() {
            "info" => Self::Info,
            "entriesByFolder" => Self::EntriesByFolder(of(&action, params)?),
            "entriesByFiles" => Self::EntriesByFiles(of(&action, params)?),
            "getEntry" => Self::GetEntry(of(&action, params)?),
            "persistEntry" => Self::PersistEntry(of(&action, params)?),
            "getMedia" => Self::GetMedia(of(&action, params)?),
            "getMediaFile" => Self::GetMediaFile(of(&action, params)?),
            "persistMedia" => Self::PersistMedia(of(&action, params)?),
            "deleteFile" => Self::DeleteFiles(vec![of::<Named>(&action, params)?.path]),
            "deleteFiles" => Self::DeleteFiles(of::<Paths>(&action, params)?.paths),
            "getDeployPreview" => Self::GetDeployPreview,
            _ => return Err(format!("unknown action {action}")),
        })
    }
}

fn of<T: DeserializeOwned>(action: &str, params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| format!("{action}: {error}"))
}
