//! Links and pictures: where they lead is a hole; what leads away from the shop stands as it was written.

use super::super::{FlawKind, ImageForm, ImageRef, LinkRef, allowed, escape, escape_href, places};
use super::{Event, Part, Quote, Reference, Tag, Tree, Writer, count, quotes, signed_text, span};
use pulldown_cmark::LinkType;
use std::fmt::Write as _;

impl<'w> Writer<'w> {
    /// A link whose address is of a kind that is not published is its text alone, and told.
    pub(super) fn link(&mut self, link: &Reference<'_>, title: &str) {
        let place = places::destination(self.source, self.definitions, link);
        let is_mail = link.kind == LinkType::Email;
        let scheme = if is_mail { None } else { allowed::scheme(link.target) };
        if let Some((scheme, false)) = &scheme
            && self.options.clean
        {
            self.tell(&place, FlawKind::Address(scheme.clone()));
            self.links.push(false);
            return;
        }
        self.links.push(true);
        self.html.push_str("<a href=\"");
        let target =
            LinkRef { target: if is_mail { format!("mailto:{}", link.target) } else { link.target.to_owned() }, span: span(&place) };
        let is_outside = is_mail || scheme.is_some() || link.target.starts_with("//");
        if is_outside {
            self.html.push_str(&escape_href(&target.target));
            self.html.push('"');
            self.hole(Part::Outside(count(self.out.outside.len())));
            self.out.outside.push(target);
        } else {
            self.hole(Part::Link(count(self.out.links.len())));
            self.out.links.push(target);
            self.html.push('"');
        }
        if !title.is_empty() {
            let _ = write!(self.html, " title=\"{}\"", escape(title));
        }
        self.html.push('>');
    }

    pub(super) fn image(&mut self, tree: &'w Tree<'w>, at: usize, form: ImageForm) -> usize {
        let (Event::Start(Tag::Image { link_type, dest_url, title, id }), whole) = &tree[at] else {
            return at + 1;
        };
        let link = Reference { kind: *link_type, label: id, target: dest_url, whole: whole.clone(), text_end: tree.content_end(at) };
        let place = places::destination(self.source, self.definitions, &link);
        let index = count(self.out.images.len());
        let (alt, marks) = quotes::unsign(signed_text(tree.content(at).iter().map(|(event, _)| event)));
        self.out.quotes.extend(marks.into_iter().map(|(at, mark)| Quote { place: quotes::Place::Alt(index), at, mark }));
        self.hole(Part::Image(index));
        self.out.images.push(ImageRef { target: dest_url.to_string(), alt, title: title.to_string(), span: span(&place), form });
        if form == ImageForm::Figure {
            self.html.push('\n');
        }
        tree.end(at) + 1
    }

    /// Text for an attribute in double quotes, in which quotation marks may be signed.
    pub(super) fn attribute_text(&mut self, text: &str) {
        for (piece, mark) in quotes::pieces(text) {
            if let Some(mark) = mark {
                let place = quotes::Place::Part(count(self.out.html.len()));
                self.out.quotes.push(Quote { place, at: count(self.html.len()), mark });
            }
            self.html.push_str(&escape(piece));
        }
    }
}
