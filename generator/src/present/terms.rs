//! Taxonomies: the list of a taxonomy's terms, a term's products and pages, and the terms that a product or page carries.

use super::lists::{List, catalogue_link, counted};
use super::{Main, Presented, Reader, View, articles, feed_view, page, preview, structured};
use crate::facets::ListName;
use crate::site::{DeclaredTaxonomy, Meta, TAGS, Taxonomy, TermName, term_path};
use crate::view::{CountedLinkView, LinkView, TaxonomyView, TermsView};

/// What readers call a taxonomy.
fn title(site: &Reader<'_>, declared: &DeclaredTaxonomy) -> String {
    if declared.title.is_empty() { site.word("taxonomy.tags", "Tags", &[]) } else { declared.title.clone() }
}

pub(super) fn taxonomy(site: &Reader<'_>, taxonomy: &Taxonomy) -> Presented {
    let declared = &taxonomy.declared;
    let title = title(site, declared);
    let terms = taxonomy.listed().into_iter().map(|slug| {
        let term = &taxonomy.terms[slug];
        counted(site, &term.title, &term_path(&declared.name, slug), &term.tongue, term.count())
    });
    let view = TaxonomyView { name: declared.name.clone(), title: title.clone(), terms: terms.collect::<Vec<CountedLinkView>>() };
    let mut page = page(site, "taxonomy", &declared.path(), &title, &Meta::default());
    page.breadcrumbs = vec![catalogue_link(site)];
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &title, &declared.path()));
    Presented {
        template: "taxonomy.html".to_owned(),
        view: View { page, main: Main::Taxonomy { taxonomy: view } },
        copies: Vec::new(),
        blocks: Vec::new(),
    }
}

pub(super) fn term(site: &Reader<'_>, taxonomy: &str, slug: &str, number: usize) -> Presented {
    let (declared, term) = site.term(taxonomy, slug).expect(super::OWN);
    let path = term_path(taxonomy, slug);
    let (products, shared, tongue) = (&term.products, &term.shared, &term.tongue);
    let name = ListName::Term(taxonomy.to_owned(), slug.to_owned());
    let list = List { name, title: &term.title, tongue, description: "", path: &path, products, shared, picture: &None };
    let view = list.view(site, number, String::new(), Vec::new());
    let section = articles::with_term(site, &term.title, &path, &term.pages, declared.paginate, number);
    let mut page = list.page(site, "term", number, &Meta::default());
    if page.picture.is_none() {
        let first = section.pages.iter().find_map(|post| post.picture.as_ref());
        page.picture = preview(first);
    }
    page.breadcrumbs = vec![catalogue_link(site), LinkView::new(title(site, declared), site.url(&declared.path()))];
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &term.title, &path));
    let has_feed = declared.has_feeds && term.posts > 0;
    page.feed = has_feed.then(|| feed_view(&term.title, &term.tongue, &path, |path| site.url(path)));
    Presented {
        template: "term.html".to_owned(),
        view: View { page, main: Main::Term { list: view, section } },
        copies: Vec::new(),
        blocks: Vec::new(),
    }
}

/// What a product or page carries beside tags, in the order of the taxonomies.
pub(super) fn views(site: &Reader<'_>, terms: &[TermName]) -> Vec<TermsView> {
    if terms.is_empty() {
        return Vec::new();
    }
    let declared = site.settings().taxonomies.iter().filter(|declared| declared.name != TAGS);
    let of = |declared: &DeclaredTaxonomy| {
        let own = terms.iter().filter(|term| term.taxonomy == declared.name);
        let links: Vec<LinkView> = own.map(|term| LinkView::new(&term.title, site.url(&term_path(&term.taxonomy, &term.slug)))).collect();
        TermsView { name: declared.name.clone(), title: declared.title.clone(), url: site.url(&declared.path()), terms: links }
    };
    declared.map(of).filter(|view| !view.terms.is_empty()).collect()
}
