//! The files of the search: a list at an address that never changes, which names all others by their content.
//!
//! What is shown of documents lies in small files of its own, each remembered by what it was made of. Words are looked
//! through whenever any document is another: that is quicker than to keep what each document has brought.

mod files;
mod fold;
mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::files::Part;
use crate::pictures::Copy;
use crate::present::search::{Document, INDEX, documents};
use crate::site::Site;
use crate::source::Fingerprint;
use crate::view::HitView;
use crate::write::{Sink, WriteError};

/// Documents whose hits lie in one file.
const HITS: usize = 12;

/// Where the files lie, but the list of them: what stands there is kept by browsers for ever.
const FOLDER: &str = "assets/search/";

/// What was made, by what it was made of.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchMemory {
    hits: BTreeMap<Fingerprint, String>,
    words: BTreeMap<Fingerprint, Words>,
}

/// The files that are made of words, as the list names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the words are one of the three sorts of files")]
struct Words {
    /// First word, number of the first word, hash.
    words: Vec<(String, usize, String)>,
    /// Number of the first word, hash.
    lists: Vec<(usize, String)>,
    /// First word read backwards, hash.
    ends: Vec<(String, String)>,
}

/// The list of a search's files.
#[derive(Serialize)]
struct Index<'a> {
    /// How many documents there are.
    documents: usize,
    /// Documents whose hits lie in one file.
    per_file: usize,
    /// What the files' addresses begin with.
    path: String,
    #[serde(flatten)]
    words: &'a Words,
    /// Hashes.
    hits: Vec<&'a str>,
}

/// What a search has come to.
#[derive(Debug, Default)]
pub struct Written {
    /// Its files.
    pub paths: Vec<String>,
    /// The copies of pictures that its hits show.
    pub copies: Vec<Copy>,
}

/// Whether a path of the site may be one of a search's files.
pub fn is_file(path: &str) -> bool {
    path.starts_with(FOLDER) || path.ends_with(INDEX.trim_start_matches('/'))
}

/// Documents with the addresses of their pictures.
type Pictured<'d> = [(Document<'d>, Option<String>)];

/// Writes the files of all languages; `hit` makes what is shown of a document in one of them.
pub fn write(
    sites: &[Arc<Site>],
    hit: &(dyn Fn(usize, &Pictured<'_>) -> Vec<HitView> + Sync),
    memory: &mut SearchMemory,
    sink: &dyn Sink,
) -> Result<Written, WriteError> {
    let mut written = Written::default();
    let mut now = SearchMemory::default();
    for (language, site) in sites.iter().enumerate().filter(|(_, site)| site.settings.search) {
        let search = Search { site, memory, sink, documents: Documents::of(site) };
        let hits = search.hits(&|documents| hit(language, documents), &mut now)?;
        let words = search.words(&mut now)?;
        search.index(&words, &hits, &mut written)?;
        written.copies.extend(search.documents.all.iter().filter_map(|(_, picture)| Some(picture.as_ref()?.1.clone())));
    }
    *memory = now;
    Ok(written)
}

/// A site's documents with their pictures, and what each is made of.
struct Documents<'a> {
    all: Vec<(Document<'a>, Option<(String, Copy)>)>,
    fingerprints: Vec<Fingerprint>,
    /// Of what they have in common.
    common: Fingerprint,
}

impl<'a> Documents<'a> {
    fn of(site: &'a Site) -> Self {
        let all: Vec<_> = documents(site).into_par_iter().map(|document| (document, document.small_picture(site))).collect();
        let fingerprint = |(document, picture): &(Document<'_>, Option<(String, Copy)>)| {
            let address = picture.as_ref().map_or("", |(address, _)| address);
            Fingerprint::join(&[document.fingerprint(), Fingerprint::of(document.path().as_bytes()), Fingerprint::of(address.as_bytes())])
        };
        let fingerprints = all.par_iter().map(fingerprint).collect();
        let program = Fingerprint::of(env!("SHOPFRONT_BUILD_ID").as_bytes());
        Self { all, fingerprints, common: Fingerprint::join(&[program, Fingerprint::of_value(&site.settings)]) }
    }
}

/// The search of a site as it is made.
struct Search<'a> {
    site: &'a Site,
    memory: &'a SearchMemory,
    sink: &'a dyn Sink,
    documents: Documents<'a>,
}

impl Search<'_> {
    /// Files of what is shown; answers with their hashes.
    fn hits(&self, hit: &(dyn Fn(&Pictured<'_>) -> Vec<HitView> + Sync), now: &mut SearchMemory) -> Result<Vec<String>, WriteError> {
        let chunks = self.documents.all.par_chunks(HITS).zip(self.documents.fingerprints.par_chunks(HITS)).enumerate();
        let made = chunks.map(|(place, (documents, fingerprints))| {
            let of = Fingerprint::join(&[&[self.documents.common, Fingerprint::of(&place.to_le_bytes())], fingerprints].concat());
            if let Some(hash) = self.memory.hits.get(&of).filter(|hash| self.keep("hits", place, hash)) {
                return Ok((of, hash.clone()));
            }
            let shown: Vec<_> =
                documents.iter().map(|(document, picture)| (*document, picture.as_ref().map(|(address, _)| address.clone()))).collect();
            let json = serde_json::to_string(&hit(&shown)).expect("hits are plain data");
            Ok((of, self.put("hits", place, &json)?))
        });
        let made: Vec<(Fingerprint, String)> = made.collect::<Result<_, WriteError>>()?;
        let hashes = made.iter().map(|(_, hash)| hash.clone()).collect();
        now.hits.extend(made);
        Ok(hashes)
    }

    fn words(&self, now: &mut SearchMemory) -> Result<Words, WriteError> {
        let of = Fingerprint::join(&[&[self.documents.common], &self.documents.fingerprints[..]].concat());
        let known = self.memory.words.get(&of).filter(|known| self.keep_all(known));
        let words = known.cloned().map_or_else(|| self.make_words(), Ok)?;
        now.words.insert(of, words.clone());
        Ok(words)
    }

    fn keep_all(&self, words: &Words) -> bool {
        let hashes = [
            ("words", words.words.iter().map(|(.., hash)| hash).collect::<Vec<_>>()),
            ("lists", words.lists.iter().map(|(_, hash)| hash).collect()),
            ("ends", words.ends.iter().map(|(_, hash)| hash).collect()),
        ];
        hashes.iter().all(|(sort, hashes)| hashes.iter().enumerate().all(|(place, hash)| self.keep(sort, place, hash)))
    }

    fn make_words(&self) -> Result<Words, WriteError> {
        let documents: Vec<Document<'_>> = self.documents.all.iter().map(|(document, _)| *document).collect();
        let terms = terms::terms(self.site, &documents);
        let parts = files::parts(&terms, documents.len());
        let put = |sort: &'static str, parts: &[Part]| -> Result<Vec<String>, WriteError> {
            parts.par_iter().enumerate().map(|(place, part)| self.put(sort, place, &part.text)).collect()
        };
        let (words, lists, ends) = (put("words", &parts.words)?, put("lists", &parts.lists)?, put("ends", &parts.ends)?);
        Ok(Words {
            words: parts.words.into_iter().zip(words).map(|(part, hash)| (part.first, part.start, hash)).collect(),
            lists: parts.lists.into_iter().zip(lists).map(|(part, hash)| (part.start, hash)).collect(),
            ends: parts.ends.into_iter().zip(ends).map(|(part, hash)| (part.first, hash)).collect(),
        })
    }

    fn index(&self, words: &Words, hits: &[String], written: &mut Written) -> Result<(), WriteError> {
        let settings = &self.site.settings;
        let path = format!("{}/{FOLDER}{}-", settings.base_path, settings.language);
        let hashes = hits.iter().map(String::as_str).collect();
        let index = Index { documents: self.documents.all.len(), per_file: HITS, path, words, hits: hashes };
        let json = serde_json::to_string(&index).expect("the list is plain data");
        let place = format!("{}{INDEX}", settings.prefix).trim_start_matches('/').to_owned();
        self.sink.put(&place, json.as_bytes(), Fingerprint::of(json.as_bytes()))?;
        written.paths.push(place);
        let all = |sort: &'static str, hashes: &[&String]| {
            hashes.iter().enumerate().map(|(place, hash)| self.name(sort, place, hash)).collect::<Vec<_>>()
        };
        written.paths.extend(all("hits", &hits.iter().collect::<Vec<_>>()));
        written.paths.extend(all("words", &words.words.iter().map(|(.., hash)| hash).collect::<Vec<_>>()));
        written.paths.extend(all("lists", &words.lists.iter().map(|(_, hash)| hash).collect::<Vec<_>>()));
        written.paths.extend(all("ends", &words.ends.iter().map(|(_, hash)| hash).collect::<Vec<_>>()));
        Ok(())
    }

    /// The name says language, sort, place and content.
    fn name(&self, sort: &str, place: usize, hash: &str) -> String {
        let ending = if sort == "hits" { "json" } else { "txt" };
        format!("{FOLDER}{}-{sort}-{place}.{hash}.{ending}", self.site.settings.language)
    }

    fn keep(&self, sort: &str, place: usize, hash: &str) -> bool {
        let name = self.name(sort, place, hash);
        let is_there = self.sink.has(&name);
        if is_there {
            self.sink.keep(&name);
        }
        is_there
    }

    fn put(&self, sort: &str, place: usize, text: &str) -> Result<String, WriteError> {
        let fingerprint = Fingerprint::of(text.as_bytes());
        let hash = fingerprint.hex8();
        self.sink.put(&self.name(sort, place, &hash), text.as_bytes(), fingerprint)?;
        Ok(hash)
    }
}
