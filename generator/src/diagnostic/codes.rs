//! All kinds of mistakes that Shopfront tells: E0xx what a file says, E1xx products and money, E2xx what
//! files say about each other, E3xx pictures and assets, E4xx templates; W… likewise, but warnings.
//!
//! A code's meaning never changes, and a code that is given up is not used again: people search for them.

use super::Code;

/// A kind of mistake, explained.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The stable name.
    pub code: Code,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How it comes about.
    pub cause: &'static str,
    /// What to do.
    pub cure: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal: $title:literal, $cause:literal, $cure:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $title, "; ", $cause, ".")]
            pub const $name: Code = Code($code);
        )*

        /// Every code, in the order of this file.
        pub const TABLE: &[Entry] = &[
            $(Entry { code: $name, title: $title, cause: $cause, cure: $cure },)*
        ];
    };
}

codes! {
    NOT_UTF8 = "E001": "not UTF-8 text", "a file holds bytes that are not UTF-8", "save the file with the encoding UTF-8";
    YAML_SYNTAX = "E002": "YAML that cannot be read", "brackets, quotes or colons do not fit together", "look at the place shown and at the line above it";
    TAB = "E003": "a tab in the indentation", "YAML allows only spaces at the start of a line", "replace the tab by spaces";
    INDENTATION = "E004": "wrong indentation", "a line starts further left or right than its neighbours", "line it up with the lines of the same list or map";
    ALIAS = "E005": "an anchor or alias", "`&name` and `*name` are not supported", "write the value out, or quote it when it is text";
    TOO_LARGE = "E006": "too large or too deeply nested", "a file has more values or levels than any real one", "split it";
    NO_FRONT_MATTER = "E007": "front matter missing", "a Markdown file does not begin with a line `---`", "begin it with `---`, `title: …`, `---`";
    OPEN_FRONT_MATTER = "E008": "front matter without an end", "no line `---` closes the front matter", "add a line `---` before the text";
    MANY_DOCUMENTS = "E009": "more than one document", "a line `---` begins a second YAML document", "one file holds one; remove the line";
    UNKNOWN_KEY = "E010": "unknown key", "the key is misspelt, stands at the wrong level, or does not exist", "use a key of the list, see the schema";
    DUPLICATE_KEY = "E011": "duplicate key", "a map has the same key twice", "keep one of them";
    WRONG_TYPE = "E012": "wrong kind of value", "text, a list or a map stands where another is expected", "write it in the form that the message shows";
    EMPTY_VALUE = "E013": "a key without a value", "nothing stands after the colon", "write a value or remove the key";
    UNQUOTED_NULL = "E014": "an unquoted `null`", "YAML reads `null` and `~` as 'nothing'", "quote it when it is meant as text";
    MISSING_KEY = "E015": "a required key is missing", "the file or entry cannot do without it", "add it";
    EMPTY_TEXT = "E016": "empty text", "there is only white space between the quotes", "write a text or remove the key";
    TAG = "E017": "a YAML tag", "`!name` gives a value a type, which is not supported", "remove it, or quote the text";
    KEY_FORM = "E018": "a key that is not plain text", "a key is a list, a map, or nothing", "write the key as text";
    FILE_NAME = "E019": "a file name that cannot be an address", "ids and names of folders become addresses", "use only a-z, 0-9 and `-`";
    EMPTY_FILE = "E020": "an empty file", "there is nothing in it", "write it or remove the file";
    PRICE_FORM = "E021": "not a price", "an amount is digits with at most one point", "write for example `24.90`";
    PRICE_COMMA = "E022": "a price with a comma", "decimals are separated by a point", "write `24.90`";
    PRICE_NEGATIVE = "E023": "a negative price", "nothing costs less than nothing", "remove the minus sign";
    PRICE_EXPONENT = "E024": "a price with an exponent", "amounts are written in full", "write all digits";
    PRICE_SEPARATOR = "E025": "a price with separators", "digits are not grouped", "write `1000.00`";
    PRICE_LENGTH = "E026": "a price with too many digits", "no real amount is so long", "shorten it";
    NOT_A_NUMBER = "E027": "not a whole number", "only the digits 0-9 may stand here", "write for example `12`";
    OUT_OF_RANGE = "E028": "a number out of range", "the number is larger or smaller than allowed", "use a number of the range in the message";
    WEIGHT_FORM = "E029": "not a weight", "a weight is a number and a unit", "write for example `380 g`, `1.2 kg`, `2 lb`, `8 oz`";
    PERCENT_FORM = "E030": "not a percentage", "a rate is a number with `%` and at most two decimals", "write for example `19%`";
    NOT_A_BOOLEAN = "E031": "neither `true` nor `false`", "only these two words may stand here", "write `true` or `false`";
    UNKNOWN_CHOICE = "E032": "an unknown word", "only certain words may stand here", "use one that the message names";
    DATE_FORM = "E033": "not a date", "a date is a day or an instant in UTC", "write `2026-05-01` or `2026-05-01T12:00:00Z`";
    COUNTRY = "E034": "an unknown country", "countries are ISO 3166 codes of two capital letters", "look the code up, for example `DE`";
    COLOUR = "E035": "not a colour", "a colour has three or six hexadecimal digits", "write for example `'#2a7f86'`, in quotes";
    SLUG = "E036": "not a word for an address", "addresses consist of a-z, 0-9 and `-`", "use only these";
    ADDRESS_PATH = "E037": "not an address of this shop", "a former address begins with `/`", "write for example `/old/page/`";
    URL = "E038": "not a web address", "an address begins with `https://`", "write the whole address";
    FILE_PATH = "E039": "a path that leaves its folder", "files lie beside their source or below it", "move the file and use its name";
    DUPLICATE_ENTRY = "E040": "an entry stands twice", "a list names the same thing twice", "keep one of them";
    CURRENCY_CODE = "E041": "an unknown currency", "currencies are ISO 4217 codes of three capital letters", "look the code up, for example `EUR`";
    LANGUAGE_CODE = "E042": "not a language", "languages are tags such as `en`, `de`, `pt-BR`", "look the tag up";
    DAYS_FORM = "E043": "not a number of days", "days are one number or two with `-` between", "write `3-5`";
    EMAIL = "E044": "not an e-mail address", "an address has one `@` with something on both sides", "write for example `hello@example.org`";
    TEXT_LENGTH = "E045": "too long a text", "the text is longer than the place where it is shown", "shorten it";
    LINE_BREAK = "E046": "a line break in one line", "the value is shown on one line", "join the lines";
    MENU_ENTRY = "E047": "a menu entry with no or several targets", "an entry leads to one place", "keep one of `page`, `category`, `collection`, `product`, `url`";
    RULE = "E050": "a rule that cannot be read", "a rule is conditions joined by `and`, `or`, `not`", "write for example `tag = gift and price < 30`";
    LIST_AND_RULE = "E051": "a list by hand and by rule", "a collection has either `products` or `rule`", "remove one of the two";
    AREA = "E052": "not an area", "an area is a country, a region, postcodes, or all others", "write `DE`, `US-CA`, `ES 35*` or `'*'`";
    MEASURE_FORM = "E053": "not a measure", "a measure is a number and a unit", "write for example `250 ml`, or `30 x 20 x 8 cm` for dimensions";
    CUSTOMS_CODE = "E054": "not a customs code", "a code of the Harmonized System has 6 to 10 digits", "look the code up, for example `'6912.00'`";
    DISCOUNT_CODE = "E055": "a discount code that cannot be used", "a code has 3 to 40 characters, and asks for one discount", "choose another";
    DISCOUNT_BENEFIT = "E056": "a discount that does nothing, or several things", "a discount has one of `percent`, `amount`, `free_shipping` and `buy`", "keep one of them";
    WINDOW = "E057": "a time that ends before it begins", "`until` lies before `from`", "correct one of the two";
    RESERVED = "E049": "a reserved word", "the word has a meaning of its own here", "choose another";
    DUPLICATE_ID = "E100": "duplicate product id", "two files have the same name", "rename one of them";
    DUPLICATE_SKU = "E101": "duplicate SKU", "a SKU names one variant of one product", "change one of them";
    UNKNOWN_OPTION = "E102": "unknown option", "a variant names an option that the product does not have", "add it to `options` or correct it";
    UNKNOWN_VALUE = "E103": "unknown option value", "a variant names a value that the option does not have", "add it to `options` or correct it";
    OPTION_MISSING = "E104": "a variant without a value for an option", "every variant says what it is in each option", "add it, or `any` for all values";
    SAME_VARIANT = "E105": "two variants with the same values", "a choice of values must lead to one SKU", "change or remove one of them";
    KEY_FOR_OTHER_KIND = "E106": "a key that this kind of product does not have", "the key means nothing for this `kind`", "remove it or change `kind`";
    KEY_ON_VARIANT = "E107": "a key that belongs to the variants", "the product has variants, each with its own", "move it into the variants";
    KIND_NEEDS_KEY = "E108": "a key that this kind of product needs", "the product cannot do without it", "add it";
    TOO_MANY_OPTIONS = "E109": "too many options or combinations", "at most 3 options and 100 variants", "use fewer, or two products";
    PRICE_MISSING = "E110": "no price", "something that is sold has no price", "add `price` to the product or to each variant";
    PRICE_CURRENCY = "E111": "a price in the wrong currencies", "a price has one amount for every currency of the shop", "use the currencies of `shop.yaml`";
    PRICE_SCALE = "E112": "a price with too many decimals", "the currency has no such small unit", "round it";
    COMPARE_AT = "E113": "`compare_at` is not above the price", "it is the former, higher price", "correct or remove it";
    TAX_CLASS = "E114": "unknown tax class", "`shop.yaml` has no such class", "use one of `tax.classes`";
    SKU_FORM = "E115": "not a SKU", "a SKU has 1 to 64 of A-Z a-z 0-9 . _ -", "use only these";
    SAME_PLACE = "E116": "a country named twice", "a country has one rate and one zone", "keep one of them";
    BANDS = "E117": "bands out of order", "bands, and prices for many, rise in one measure", "sort them";
    METHOD_COST = "E118": "a shipping method without one price", "a method has either `price` or `bands`", "keep one of them";
    OPTION_EMPTY = "E119": "an option without values", "there is nothing to choose", "add values or remove the option";
    SALE_PRICE = "E120": "a reduced price that is not lower", "a sale price, or a price for many, lies below the price", "correct or remove it";
    CURRENCY_MISSING = "E121": "a currency missing from a list that others have", "the price has an amount in it, and this one has not", "add it";
    UNKNOWN_ATTRIBUTE = "E122": "unknown attribute", "`attributes` in `shop.yaml` does not declare it", "declare it there, or use `specifications`";
    ATTRIBUTE_VALUE = "E123": "a value that the attribute does not take", "the attribute is a number, or true or false", "write it in that form";
    UNKNOWN_SKU = "E124": "unknown SKU", "no variant has it", "correct it";
    BUNDLE = "E125": "a bundle that cannot be", "a bundle contains itself, another bundle, something that is not sold, or something that asks its buyer for more", "take it out";
    QUANTITY_RULES = "E126": "quantities that cannot be ordered", "the least is not a multiple of the step, or something lies above the most", "correct one of them";
    UNKNOWN_METHOD = "E127": "unknown shipping method", "no zone has a method of this code", "correct it";
    VALUE_UNUSED = "W101": "an option value without a variant", "nobody can choose it", "add a variant or remove the value";
    TOO_HEAVY = "W105": "nothing takes it", "it is heavier than the last band of every method of a zone", "add a band, or `not_by` and a method that takes it";
    NO_RATE = "W106": "a tax class without a rate", "no rate of the class fits the country that is assumed at first", "add one, or `'*': 0%`";
    NEVER_APPLIES = "W107": "a discount or a sale that can never apply", "its time is over, or nothing is sold that it is for", "correct or remove it";
    NO_PER = "W108": "a price by measure that cannot be shown", "`contents` needs `per`, and both the same kind of measure", "write both, such as `250 ml` and `100 ml`";
    NO_FILES = "W102": "a digital product without files", "there is nothing to deliver", "add `files`";
    ONE_CURRENCY = "W103": "not sold in every currency", "the price has one amount, and the shop several currencies", "write one for each: `{EUR: 24.90, USD: 27}`";
    NO_WEIGHT = "W104": "no weight where shipping depends on it", "it is taken as nothing", "add `weight`";
    TWO_SOURCES = "E200": "two sources for one address", "both would be written to the same place, or one into the other", "rename one of them";
    ALIAS_CLASH = "E201": "a former address that is in use", "another page has this address", "remove the alias";
    UNKNOWN_CATEGORY = "E202": "unknown category", "no folder of `products/` has this path", "correct it";
    UNKNOWN_PRODUCT = "E203": "unknown product", "no file has this name", "correct it";
    UNKNOWN_COLLECTION = "E204": "unknown collection", "no file of `collections/` has this name", "correct it";
    UNKNOWN_PAGE = "E205": "unknown page", "no file of `content/` has this path", "correct it";
    BROKEN_LINK = "E206": "a broken link", "it leads to nothing in this shop", "correct it";
    BROKEN_ANCHOR = "E207": "a link to a heading that is not there", "the page has no such heading", "correct the part after `#`";
    TERMS_PAGE = "E208": "unknown terms page", "`checkout.terms_page` names no page", "correct it";
    NO_SETTINGS = "E209": "no settings", "there is no `shop.yaml`", "write one with `name` and `base_url`";
    UNKNOWN_CURRENCY = "E211": "unknown currency", "`shop.yaml` does not name it", "add it to `currencies` or correct it";
    STATIC_CLASH = "E212": "a static file in the way", "a page has the same address", "rename one of them";
    UNKNOWN_THEME = "E213": "unknown theme", "no folder of `themes/` has this name", "correct `theme`";
    DOWNLOAD_MISSING = "E214": "a missing file to download", "`downloads/` has no such file", "add it or correct the name";
    GROUP_MEMBER = "E215": "a product that cannot be a member", "groups list other products, not groups", "remove it";
    DUPLICATE_ROUTE_NAME = "E216": "a name that an address of the shop's own needs", "for example `cart` or `search`", "rename it";
    UNKNOWN_LANGUAGE = "E217": "a language that the shop does not have", "`languages` in `shop.yaml` does not name it", "add it there, or remove the text or file";
    NO_ORIGINAL = "E218": "a translation of nothing", "the file whose name it has without the language is not there", "rename it, or write the original";
    NOT_A_TEXT = "E219": "a translation that changes more than texts", "price, SKU, stock and kind stand once, in the original", "remove the key, or change the original";
    NOTHING_TO_TRANSLATE = "E220": "a translation of something that the original lacks", "options, specifications, pictures and files are named as there", "use the original's name";
    PAGE_SCHEMA = "E221": "a field that cannot be declared so", "the keys of a declaration in `_schema.yaml` contradict each other", "change its `type`, or remove the key";
    UNKNOWN_TAXONOMY = "E222": "unknown taxonomy", "`taxonomies` in `shop.yaml` does not declare it", "declare it there, or correct it";
    DATA = "E223": "data that cannot be read", "the file is not CSV or JSON throughout", "correct it at the place shown";
    DATA_TWICE = "E224": "two data files with one name", "their names without the ending are the same", "rename one of them";
    UNKNOWN_DATA = "E225": "unknown data", "there is no such file below `data/`", "correct the name, which has no ending, or add the file";
    NO_ROWS = "E226": "data without rows", "pages are made of a list of maps, or of a map of maps", "write the data so, or remove `pages_from`";
    ROW_ADDRESS = "E227": "a row whose page has no address of its own", "nothing in it makes one, or another page has the same", "give the row another `slug`";
    UNKNOWN_COLUMN = "E228": "unknown column", "no row of the data has it", "correct or remove it";
    SAME_HEADING_ID = "E230": "two headings with the same id", "a link could not tell them apart", "give one of them another id, or none";
    FORMULA = "E231": "a formula that cannot be read", "it is not LaTeX as far as MathML can show it", "correct it at the place shown";
    BLOCK = "E232": "a block that cannot be read", "a line `:::` or a value behind a block's name is not written as it should be", "write `::: name key=\"value\"`, the body, and `:::` on a line of its own";
    UNKNOWN_BLOCK = "E233": "unknown block", "the theme has no such block", "correct the name";
    BLOCK_VALUE = "E234": "a block's value that does not fit", "the block does not have it, needs another, or takes it in another form", "correct it as the message says";
    BLOCK_MADE = "E235": "a block that cannot be made", "the theme\'s component met what it cannot show", "correct what the message names, or the component of the theme";
    GTIN = "E240": "not a GTIN", "the number below a bar code has 8, 12, 13 or 14 digits, and its last digit follows from the others", "copy it once more, in quotes";
    RATING = "E241": "not a rating", "a rating is a number from 1 to 5 with at most two decimals", "write for example `4.6`";
    SECURITY_CONTACT = "E242": "no way to reach somebody", "`security.txt` needs an address with a scheme", "write an e-mail address, or one that begins with `https://` or `tel:`";
    ICON = "E243": "an icon that cannot be drawn", "the file is not there, or no SVG", "use an SVG of the shop's folder, such as `static/icon.svg`";
    FEED_TAX = "W291": "prices of the product feed that Google takes for others", "in the United States, Canada and India it wants prices without tax, elsewhere with it", "remove the country, or set `tax.prices_include_tax`";
    SECURITY_EXPIRES = "W240": "a `security.txt` that nobody trusts any more", "`expires` is over or near, or more than a year away", "see whether all is still right, and write a later day, at most a year ahead";
    MERCHANT_FEED = "W241": "not enough for the product feed", "Google asks for a picture, a text, and a number of the maker or of the bar code", "add what the message names, or `google: {leave_out: true}`";
    RETURNS_NOWHERE = "W242": "a right to give back that holds nowhere", "neither `returns` nor the shipping zones name a country", "add `countries`";
    KEY_WITHOUT_EFFECT = "W290": "a key that means nothing where it stands", "something else decides what it would say", "remove it";
    EMPTY_LIST = "W201": "a list without products", "the page shows nothing", "add products or make it a draft";
    LINK_TO_DRAFT = "W202": "a link to what is not published", "the page is a draft, comes later, or its time is over", "publish the page or remove the link";
    UNUSED_SOURCE = "W203": "a file that is not used", "its place or ending means nothing", "move or remove it";
    RAW_HTML = "W204": "HTML that the security policy forbids", "a style, a script or an event handler stands in the text", "use a class, a style sheet or a script of the theme";
    REMOTE_PICTURE = "W205": "a picture from another address", "the security policy allows pictures of the shop alone", "put the file beside the text";
    RULE_FINDS_NOTHING = "W207": "a rule that asks for what no product has", "a tag or a maker is misspelt, or is not in use any more", "correct or remove it";
    UNUSED_FOOTNOTE = "W206": "a footnote that nothing refers to", "it is not shown", "refer to it or remove it";
    PLURAL_OTHER = "E250": "a plural text without `other`", "its form for all other numbers is missing", "add `other: …`";
    PLURAL_FORM = "E251": "not a plural form", "forms are called `zero`, `one`, `two`, `few`, `many` and `other`", "correct the word";
    PLURAL_UNUSED = "W250": "a plural form that the language does not have", "no number asks for it, so it is never shown", "remove it";
    PLURAL_MISSING = "W251": "a plural form that is missing", "the language has more forms than the text", "add those that the message names";
    TEXT_PLACE = "W252": "a place that the English text does not have", "nothing is filled in there, and readers see the braces", "use the name that the English text has";
    UNKNOWN_FILTER = "E260": "an unknown filter", "no product has an option of this name, and it is no attribute, no taxonomy and none of `available`, `price` and `brand`", "correct or remove it";
    NO_FILTERS = "W260": "filters that the theme does not show", "the theme has no template `filtered.html`", "add it to the theme, or remove `filters`";
    PAGE_LINK = "E270": "a broken link on a page", "a template, a menu or HTML in a text makes a link that leads to nothing", "correct it where the message says that it is written";
    PAGE_ANCHOR = "E271": "a link on a page to a place that is not there", "a template, a menu or HTML in a text makes a link to an `id` that the page does not have", "correct the part after `#`";
    ALT_FILE_NAME = "W220": "a description that is the name of a file", "readers who do not see the picture hear `IMG_1234.jpg`", "write what the picture shows";
    HEADING_ORDER = "W221": "headings out of order", "a level is left out, or a text has a heading of the first level, which the page's title is", "use the level below the heading above it";
    EMPTY_LINK = "W222": "a link without words", "readers who do not see the page hear an address", "write where it leads between the brackets";
    DUPLICATE_TITLE = "W223": "two pages with the same title", "in lists and search engines nobody can tell them apart", "change one of them, or its `seo: {title: …}`";
    DUPLICATE_DESCRIPTION = "W224": "two pages with the same description", "search engines show the same lines for both", "change one of them, or its `seo: {description: …}`";
    LONG_TITLE = "W225": "a title that search engines cut", "it has more than 70 characters", "write a shorter one as `seo: {title: …}`";
    LONG_DESCRIPTION = "W226": "a description that search engines cut", "it has more than 170 characters", "write a shorter one as `seo: {description: …}`";
    SMALL_PICTURE = "W227": "a picture that is too small", "it is narrower than the place where it is shown", "use a larger one, 1600 pixels wide or more";
    UNUSED_FILE = "W228": "a file that nothing shows", "no page, product or text names it", "use it or remove it";
    ORPHAN = "W229": "a page that nothing links to", "readers find it through search engines alone", "link to it from a text or a menu";
    EXTERNAL_LINK = "W230": "a link to another site that does not work", "the page is gone, or its server does not answer", "correct or remove it";
    MOVED_LINK = "W231": "a link to a page that has moved for good", "its server sends readers to another address", "write the new address";
    REFUSED_ADDRESS = "W210": "a link that is not published", "its address would run something, or is of an unknown kind", "link to a page, or to an address that begins with `https:`, `mailto:` or the like";
    REMOVED_HTML = "W211": "HTML that is not published", "the shop publishes only the elements and attributes of texts", "use Markdown, or write `content: {html: trusted}` in `shop.yaml`";
    HTML_AS_TEXT = "W212": "HTML that is shown as text", "the shop publishes none, or it is nested too deeply", "use Markdown, or write `content: {html: clean}` in `shop.yaml`";
    CODE_LANGUAGE = "W213": "code in an unknown language", "the word behind the fence is no language that can be coloured", "correct it, or write `text`";
    FENCE_OPTION = "W214": "something behind a fence that means nothing", "the option does not exist, or the line that it marks does not", "correct or remove it";
    NO_HISTORY = "W215": "dates that git does not know", "the folder is in no repository, or its history is cut off", "fetch the whole history, or remove `last_changed`";
    BLOCK_PLACE = "W216": "a block that is shown as text", "it stands in a list or a quote, or with spaces in front", "begin its line with `:::`, outside of lists and quotes";
    ADMIN_HOST = "E280": "a git host that the editor in the browser cannot use", "a key is missing or means nothing for this host", "write what the message says";
    ADMIN_REPOSITORY = "E281": "not a place at a git host", "a repository is `owner/name`, a branch has git's name", "copy it from the host's page";
    IMAGE_MISSING = "E300": "a missing picture", "there is no such file beside the source", "add it or correct the name";
    IMAGE_UNREADABLE = "E301": "an unreadable picture", "the file is no JPEG, PNG, GIF, WebP or SVG", "export it again";
    IMAGE_TRUNCATED = "E302": "an incomplete picture", "the file ends too early", "copy it again";
    IMAGE_HUGE = "E303": "too large a picture", "it has more than 50 million pixels or 20,000 on a side", "make it smaller";
    CSS = "E304": "an error in a style sheet", "the theme's CSS cannot be read", "correct it at the place shown";
    JS = "E305": "an error in a script", "the theme's JavaScript cannot be read", "correct it at the place shown";
    CROP = "E306": "a part of a picture that cannot be read", "a point is two percentages or words, a ratio two numbers", "write for example `focus: 30% 20%`, `ratio=\"4:5\"`";
    NO_AVIF = "E307": "pictures in a form that this program does not make", "`avif: true` is written, and the program was built without it", "build it with `--features avif`, or remove the line";
    ALT_MISSING = "W300": "a picture without a description", "readers who do not see it learn nothing", "add `alt`, or `alt: ''` for a decoration";
    CARD_LETTERS = "W310": "a card that is not drawn", "no font of the theme has a letter of its title or of the shop's name", "put a font that has it into the theme's `fonts/`, or leave `social_card` out";
    TEMPLATE = "E400": "an error in a template", "the template cannot be read or rendered", "correct it at the place shown";
    UNKNOWN_TEMPLATE = "E401": "an unknown template", "the theme has no such file", "use one of its templates";
    THEME_LANGUAGE = "W401": "a language that the theme does not speak", "the theme has no texts in it, and shows those in English", "add `i18n/<language>.yaml` to the theme";
    THEME_FILE = "E402": "a missing file of the theme", "every theme has it", "add it";
    UNKNOWN_PARENT = "E410": "an unknown theme to build on", "no folder of `themes/` has this name", "correct `extends` in `theme.yaml`";
    THEME_CIRCLE = "E411": "themes that build on each other in a circle", "each stands in for another's missing files, and none is the last", "remove one `extends`";
    FAINT_COLOUR = "W410": "a colour that is hard to read", "its contrast with the ground that it stands on is below 4.5, which texts need", "use a darker one on light, and a lighter one on dark ground";
}

/// The explanation of a code by its name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.code.0 == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_has_a_form() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in TABLE {
            let name = entry.code.0;
            assert!(seen.insert(name), "{name} stands twice");
            let (letter, digits) = name.split_at(1);
            assert!(letter == "E" || letter == "W", "{name}");
            assert!(digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()), "{name}");
            for text in [entry.title, entry.cause, entry.cure] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{name}: {text}");
            }
        }
    }
}
