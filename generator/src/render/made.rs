//! Views that many pages show, such as cards: turned into the templates' values and fingerprinted once.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use tera::Value;

use crate::source::Fingerprint;

/// A view as templates see it. Cheap to clone.
#[derive(Debug)]
pub struct Made<T>(Arc<(Value, Fingerprint)>, PhantomData<fn() -> T>);

impl<T: Serialize> Made<T> {
    /// Makes a view.
    pub fn of(view: &T) -> Self {
        Self(Arc::new((Value::from_serializable(view), Fingerprint::of_value(view))), PhantomData)
    }
}

impl<T> Clone for Made<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<T> PartialEq for Made<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.1 == other.0.1
    }
}

impl<T> Eq for Made<T> {}

impl<T> Hash for Made<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.1.hash(state);
    }
}

/// Templates are given the value, which is not converted again; a fingerprint of what it is in is made of its own.
impl<T> Serialize for Made<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (value, fingerprint) = &*self.0;
        if serializer.is_human_readable() { value.serialize(serializer) } else { fingerprint.serialize(serializer) }
    }
}
