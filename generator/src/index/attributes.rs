//! Attributes of products: values with types, so that numbers can be told from words.

use catalog::money::Decimal;

use super::Context;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::parse::ParsedProduct;
use crate::parse::settings::AttributeSort;
use crate::site::{Attribute, AttributeValue, Settings};

/// What a product's attributes are, in the order in which the shop declares them; what is wrong is told.
pub(super) fn attributes(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct) -> Vec<Attribute> {
    for (name, _) in &parsed.attributes {
        let known = || settings.attributes.iter().map(|attribute| attribute.name.as_str());
        if known().any(|known| known == name.value) {
            continue;
        }
        let help = nearest(name, known()).map_or_else(
            || format!("declare it in `shop.yaml`: `attributes: {{{}: {{title: …}}}}`, or use `specifications`", name.value),
            |near| format!("an attribute with a similar name exists: `{near}`"),
        );
        let message = format!("unknown attribute `{}`", name.value);
        context.tell(
            Diagnostic::error(codes::UNKNOWN_ATTRIBUTE, message, name.span.clone()).label("not in `attributes` of shop.yaml").help(help),
        );
    }
    let mut attributes = Vec::new();
    for declared in &settings.attributes {
        let Some((_, written)) = parsed.attributes.iter().find(|(name, _)| name.value == declared.name) else { continue };
        let value = match declared.sort {
            AttributeSort::Text => Ok(AttributeValue::Text(written.value.clone())),
            AttributeSort::Boolean => match written.value.as_str() {
                "true" => Ok(AttributeValue::Boolean(true)),
                "false" => Ok(AttributeValue::Boolean(false)),
                _ => Err("write `true` or `false`".to_owned()),
            },
            AttributeSort::Number => number(&written.value, &declared.unit),
        };
        match value {
            Ok(value) => attributes.push(Attribute { name: declared.name.clone(), value }),
            Err(help) => {
                let message = format!("`{}` is not a value of the attribute `{}`", written.value, declared.name);
                context.tell(Diagnostic::error(codes::ATTRIBUTE_VALUE, message, written.span.clone()).help(help));
            }
        }
    }
    attributes
}

/// `9.5`, or `9.5 cm` where that is the unit.
fn number(written: &str, unit: &str) -> Result<AttributeValue, String> {
    let bare = written.strip_suffix(unit).unwrap_or(written).trim();
    let help =
        || if unit.is_empty() { "write a number, such as `9.5`".to_owned() } else { format!("write a number, such as `9.5 {unit}`") };
    Decimal::parse(bare).map(|number| AttributeValue::Number(number, bare.to_owned())).map_err(|_| help())
}
