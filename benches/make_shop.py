#!/usr/bin/env python3
"""Make a synthetic shop of N products, as equivalent sites for several generators.

    benches/make_shop.py --n 1000 --out DIR [--seed 1] [--only shopfront,hugo,zola] [--theme plain]

The same --n and --seed give the same bytes. Every form has the same products, posts, categories, tags, texts and
links, at the same addresses, and renders the same pages: see `expected_pages`. What differs is said in README.md.

  DIR/shopfront/   a shop in our own formats, with the default theme or with plain/, whose markup is the rivals'
  DIR/hugo/        a Hugo site for Hugo 0.146 and later; its templates are rivals/hugo/
  DIR/zola/        a Zola site with Tera 1 templates, Zola up to 0.22; its templates are rivals/zola/
"""
import argparse
import json
import random
import re
import shutil
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
PER_LIST = 24
PER_JOURNAL = 10
# Pages of which a shop has many, and where a site has them.
KINDS = {"product": "products/*/index.html", "catalogue": "products/page/*/index.html", "category": "categories/*/**/index.html",
         "tag": "tags/*/**/index.html", "post": "journal/*/index.html"}
# The same in the configurations of the rivals.
TITLE = "Bench Store"
BASE_URL = "https://shop.example"

WORDS = """amber anchor apron arch aroma atlas autumn balance bamboo basin beacon birch blanket bloom border brass
breeze bright brook brush bundle button candle canvas carbon cedar ceramic chalk charm citrus clasp clay clean cloud
coast cobalt comfort copper coral cork corner cotton cover craft cream crisp crown crystal curve dawn deep delicate
denim design detail double drift durable dusk early earth easy edge elegant ember even fabric fasten feather felt fern
fiber field fine finish firm flame flat flax fold forest form frame fresh fringe garden gentle glass glaze gloss grain
granite graphite grass grove handle harbor hazel heavy hem hidden holder honey hook indigo inner iron ivory jade joint
juniper kettle knit lace lamp large lasting layer leaf leather light linen lining little lively loft loop lucid maple
marble market meadow medium mellow mesh metal mild mineral mint mirror modern moss narrow native natural neat needle
noble north oak olive open orchard outer oval paper parcel pattern pearl pebble pine plain planter plate pocket poplar
press pure quality quiet quilt raised range reed refined resin ribbon ridge river robust rose round rustic sage sail
sand satin season sewn shade shape sheer shelf shell shine silk simple slate slim smooth soft solid spruce stable
steady steel stitch stone stripe strong sturdy summer supple surface swift table tall tapered teak texture thread tide
timber toned tough trim twill twin upright vale valley velvet vessel vivid walnut warm washed water weave west whole
wide willow window winter wire wooden wool woven yarn zinc""".split()
NOUNS = """Lamp Chair Mug Bowl Jacket Scarf Basket Cushion Notebook Kettle Vase Mirror Blanket Stool Tray Clock Planter
Bag Belt Shirt Plate Candle Rug Shelf Throw Apron Towel Wallet Lantern Bench""".split()
SIZES = ["Small", "Medium", "Large"]
COLOURS = ["Sand", "Slate", "Moss", "Rust", "Indigo", "Ivory"]
ABOUT = "We make things.\n\n## Delivery\n\nTwo days.\n\n## Payment\n\nBy card.\n\n## Contact\n\nWrite to us.\n"


def make(n, seed):
    """The shop itself, before it has any form."""
    rng = random.Random(f"{seed}/{n}")
    categories = []
    for i in range(max(4, n // 100)):
        title = f"{WORDS[(i * 7) % len(WORDS)].capitalize()} {NOUNS[i % len(NOUNS)]}s {i + 1}"
        categories.append({"title": title, "slug": slug(title)})
    titles = [f"{rng.choice(WORDS).capitalize()} {rng.choice(WORDS).capitalize()} {rng.choice(NOUNS)} {i + 1}" for i in range(n)]
    post_titles = [f"{rng.choice(WORDS).capitalize()} {rng.choice(WORDS)} notes {i + 1}" for i in range(max(2, n // 50))]
    post_slugs = [slug(title) for title in post_titles]
    products = [product(rng, i, n, title, categories, post_slugs) for i, title in enumerate(titles)]
    product_slugs = [p["slug"] for p in products]
    posts = [{"title": title, "slug": post_slugs[i], "date": stamp(i, len(post_titles)), "author": "The shop",
              "summary": paragraph(rng, 20), "body": post_body(rng, product_slugs)} for i, title in enumerate(post_titles)]
    return {"categories": categories, "products": products, "posts": posts, "nav": categories[:8]}


def product(rng, i, n, title, categories, post_slugs):
    price = rng.randint(300, 30000)
    sku = f"SKU-{i + 1:06d}"
    variants = [{"sku": f"{sku}-{v + 1}", "size": size, "colour": rng.choice(COLOURS), "price": price + v * 150,
                 "stock": rng.randint(0, 40), "weight": rng.randint(100, 3000)} for v, size in enumerate(SIZES)]
    # The first products fill one category each, so that none is empty.
    category = categories[i] if i < len(categories) else rng.choice(categories)
    return {"title": title, "slug": slug(title), "sku": sku, "date": stamp(i, n), "price": price, "category": category,
            "tags": sorted(rng.sample(WORDS, 3)), "summary": paragraph(rng, 14), "variants": variants,
            "images": [f"https://pictures.example/{slug(title)}-{k}.jpg" for k in (1, 2)], "body": product_body(rng, post_slugs)}


def product_body(rng, post_slugs):
    """About 270 words: headings, a list, emphasis, a link, a table, a quotation and a fenced block with no language."""
    parts = [
        f"{sentence(rng)} **{rng.choice(WORDS).capitalize()} {rng.choice(WORDS)}** and *{rng.choice(WORDS)}*: "
        f"{paragraph(rng, 42)} Read [how it is made](/journal/{rng.choice(post_slugs)}/).",
        "## Materials and care",
        paragraph(rng, 45),
        "\n".join(f"- {sentence(rng, 5, 9)}" for _ in range(5)),
        "### Size guide",
        "| Size | Width | Height | Weight |\n| --- | ---: | ---: | ---: |\n"
        + "\n".join(f"| {s} | {rng.randint(10, 90)} cm | {rng.randint(10, 90)} cm | {rng.randint(1, 90) / 10} kg |" for s in SIZES),
        f"> {sentence(rng)} {sentence(rng)}",
        "```\n" + "\n".join(f"step {i + 1}: {rng.choice(WORDS)} {rng.choice(WORDS)} {rng.choice(WORDS)}" for i in range(3)) + "\n```",
        "## Delivery",
        paragraph(rng, 48),
    ]
    return "\n\n".join(parts) + "\n"


def post_body(rng, product_slugs):
    """About 680 words."""
    parts = [paragraph(rng, 70)]
    for _ in range(5):
        parts += [
            f"## {rng.choice(WORDS).capitalize()} {rng.choice(WORDS)} {rng.choice(WORDS)}",
            f"{paragraph(rng, 60)} See the [*{rng.choice(WORDS)} {rng.choice(WORDS)}*](/products/{rng.choice(product_slugs)}/).",
            "\n".join(f"{i + 1}. {sentence(rng, 5, 9)}" for i in range(3)),
            paragraph(rng, 16),
        ]
    return "\n\n".join(parts) + "\n"


def paragraph(rng, words):
    sentences, count = [], 0
    while count < words:
        sentences.append(sentence(rng))
        count += sentences[-1].count(" ") + 1
    return " ".join(sentences)


def sentence(rng, least=8, most=16):
    words = [rng.choice(WORDS) for _ in range(rng.randint(least, most))]
    if len(words) > 10:
        words[len(words) // 2] += ","
    return " ".join(words).capitalize() + "."


def stamp(i, n):
    """The i-th of n times in order, over ten years that lie behind us: what is dated later would not be published."""
    minute = i * 10 * 336 * 1440 // n
    day, minute = divmod(minute, 1440)
    year, day = divmod(day, 336)
    month, day = divmod(day, 28)
    return f"{2015 + year}-{month + 1:02d}-{day + 1:02d}T{minute // 60:02d}:{minute % 60:02d}:00Z"


def slug(title):
    return title.lower().replace(" ", "-")


def widen(shop, seed):
    """Gives a shop's products the words of a real one: names of two among thousands of words, and texts of 250 in which, as in any language,
    the n-th most frequent word is an n-th as frequent as the first."""
    rng = random.Random(f"{seed}/words")
    syllables = [c + v + e for c in "b br d f g gl h k l m n p r s st t tr v w".split() for v in "a e i o u".split() for e in ["", "l", "n", "r", "s"]]
    words = list(dict.fromkeys("".join(rng.choices(syllables, k=rng.choice([2, 2, 2, 3, 3]))) for _ in range(60_000)))[:40_000]
    frequent = [1 / (place + 2.7) for place in range(len(words))]
    renamed = {}
    for i, p in enumerate(shop["products"]):
        before = p["slug"]
        p["title"] = " ".join([*(word.capitalize() for word in rng.sample(words[100:6_000], 2)), rng.choice(NOUNS)])
        p["slug"] = renamed[before] = f"{slug(p['title'])}-{i + 1}"
        text = rng.choices(words, frequent, k=250)
        lines = [" ".join(text[at:at + 12]).capitalize() + "." for at in range(0, len(text), 12)]
        p["summary"] = lines[0]
        p["body"] = "\n\n".join(" ".join(lines[at:at + 4]) for at in range(0, len(lines), 4)) + "\n\n## Delivery\n\nTwo days.\n"
    for post in shop["posts"]:
        post["body"] = re.sub(r"\(/products/([^/]+)/\)", lambda link: f"(/products/{renamed[link[1]]}/)", post["body"])
    return shop


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def expected_pages(shop):
    """How many HTML files each generator has to make."""
    def pages(count, per_page):
        return max(1, -(-count // per_page))
    categories = Counter(p["category"]["slug"] for p in shop["products"])
    tags = Counter(tag for p in shop["products"] for tag in p["tags"])
    lists = [pages(count, PER_LIST) for count in [*categories.values(), *tags.values(), len(shop["products"])]]
    journal = pages(len(shop["posts"]), PER_JOURNAL)
    # Home, about and 404; besides, ours has a cart, a checkout (its search is switched off) and an index of tags, the rivals an index of categories
    # and one of tags.
    common = len(shop["products"]) + len(shop["posts"]) + sum(lists) + journal + 3 + 2
    # Zola also writes a `page/1/` that leads to the first page of each list.
    return {"shopfront": common + 1, "hugo": common, "zola": common + len(lists) + 1}


def listing(shop, product):
    """Where a product stands in the list of its category, the newest first."""
    newer = sum(p["category"] is product["category"] for p in shop["products"][shop["products"].index(product) + 1:])
    page = newer // PER_LIST + 1
    return f"/categories/{product['category']['slug']}/" + (f"page/{page}/" if page > 1 else "")


# What each generator reads

def shopfront(shop, site):
    menu = "".join(f"    - {{category: {c['slug']}}}\n" for c in shop["nav"])
    write(site / "shop.yaml", f"""name: {TITLE}
tagline: Made to last
base_url: {BASE_URL}
languages: [en]
currencies: [EUR]
menus:
  main:
{menu}    - {{title: Journal, page: journal}}
    - {{title: About, page: about}}
  footer:
    - title: Shop
      children:
        - {{title: Journal, page: journal}}
    - title: Help
      children:
        - {{title: About, page: about}}
contact:
  email: hello@shop.example
search: false
lists: {{filters: false}}
tax:
  prices_include_tax: true
  default_country: DE
  classes:
    standard: {{DE: 19%, FR: 20%, '*': 0%}}
shipping:
  zones:
    - name: Everywhere
      countries: ['*']
      methods:
        - {{code: standard, title: Standard, days: 3-7, price: 6.90, free_over: 90}}
checkout:
  gateways: [stripe]
""")
    for c in shop["categories"]:
        write(site / f"products/{c['slug']}/_index.md", f"---\ntitle: {c['title']}\n---\n")
    for p in shop["products"]:
        write(site / f"products/{p['category']['slug']}/{p['slug']}.yaml", product_yaml(p))
    write(site / "content/_index.md", f"---\ntitle: {TITLE}\n---\nMade to last.\n")
    write(site / "content/about.md", f"---\ntitle: About\nsummary: About the shop\n---\n{ABOUT}")
    write(site / "content/journal/_index.md",
          f"---\ntitle: Journal\nsummary: Notes from the shop\nsort: date\npaginate: {PER_JOURNAL}\n---\n")
    posts(shop, site / "content/journal")
    shutil.copytree(HERE / "rivals/static", site / "static")


def dress(site, theme):
    """Gives our form a theme: `default`, which is in the program, or `plain`, which lies here."""
    config = site / "shop.yaml"
    lines = [line for line in config.read_text(encoding="utf-8").splitlines() if not line.startswith("theme:")]
    shutil.rmtree(site / "themes", ignore_errors=True)
    if theme != "default":
        lines.insert(0, f"theme: {theme}")
        shutil.copytree(HERE / theme, site / "themes" / theme)
    write(config, "\n".join(lines) + "\n")


def product_yaml(p):
    colours = list(dict.fromkeys(v["colour"] for v in p["variants"]))
    lines = [f"title: {quoted(p['title'])}", f"summary: {quoted(p['summary'])}", "description: |"]
    lines += [f"  {line}" if line else "" for line in p["body"].rstrip("\n").split("\n")]
    lines += [f"date: {p['date']}", f"tags: {listed(p['tags'])}", f"price: {money(p['price'])}", "images:"]
    for k, url in enumerate(p["images"]):
        lines += [f"  - url: {url}", f"    alt: {quoted(p['title'] + f', view {k + 1}')}"]
    lines += ["options:", f"  Size: {listed(SIZES)}", f"  Colour: {listed(colours)}", "variants:"]
    for v in p["variants"]:
        lines += [f"  - sku: {v['sku']}", f"    options: {{Size: {v['size']}, Colour: {v['colour']}}}",
                  f"    price: {money(v['price'])}", f"    stock: {v['stock']}", f"    weight: {v['weight']} g"]
    return "\n".join(lines) + "\n"


def hugo(shop, site):
    rival(shop, site, "hugo", "hugo.toml", "params")
    write(site / "content/products/_index.md", "---\ntitle: Products\n---\n")
    write(site / "content/journal/_index.md", "---\ntitle: Journal\nsummary: Notes from the shop\n---\n")
    write(site / "content/about.md", f"---\ntitle: About\nsummary: About the shop\n---\n{ABOUT}")
    for p in shop["products"]:
        lines = [f"title: {quoted(p['title'])}", f"date: {p['date']}", f"sku: {p['sku']}", f"price: {p['price']}",
                 f"price_text: {quoted(money(p['price']))}", "currency: EUR", f"summary: {quoted(p['summary'])}",
                 f"categories: [{quoted(p['category']['title'])}]", f"tags: {listed(p['tags'])}", f"images: {listed(p['images'])}",
                 "variants:"]
        for v in p["variants"]:
            lines += [f"  - sku: {v['sku']}", f"    size: {v['size']}", f"    colour: {v['colour']}", f"    price: {v['price']}",
                      f"    price_text: {quoted(money(v['price']))}", f"    stock: {v['stock']}"]
        write(site / f"content/products/{p['slug']}.md", "---\n" + "\n".join(lines) + f"\n---\n{p['body']}")
    posts(shop, site / "content/journal")


def zola(shop, site):
    rival(shop, site, "zola", "config.toml", "extra")
    write(site / "content/_index.md", "+++\ntitle = \"Home\"\n+++\n")
    write(site / "content/products/_index.md", f"+++\ntitle = \"Products\"\nsort_by = \"date\"\ntemplate = \"products.html\"\n"
          f"page_template = \"product.html\"\npaginate_by = {PER_LIST}\n+++\n")
    write(site / "content/journal/_index.md", f"+++\ntitle = \"Journal\"\nsort_by = \"date\"\ntemplate = \"journal.html\"\n"
          f"page_template = \"post.html\"\npaginate_by = {PER_JOURNAL}\n[extra]\nsummary = \"Notes from the shop\"\n+++\n")
    write(site / "content/about.md", f"+++\ntitle = \"About\"\n[extra]\nsummary = \"About the shop\"\n+++\n{ABOUT}")
    newest = {}
    for p in reversed(shop["products"]):
        newest.setdefault(p["category"]["slug"], []).append(p)
    for p in shop["products"]:
        # Asking for the category's pages in the template is four times as slow, so they are named here.
        related = [o for o in newest[p["category"]["slug"]][:5] if o is not p][:4]
        lines = [f"title = {quoted(p['title'])}", f"date = {p['date']}", "[taxonomies]",
                 f"categories = [{quoted(p['category']['title'])}]", f"tags = {listed(p['tags'])}", "[extra]",
                 f"sku = {quoted(p['sku'])}", f"price = {p['price']}", f"price_text = {quoted(money(p['price']))}",
                 "currency = \"EUR\"", f"summary = {quoted(p['summary'])}", f"images = {listed(p['images'])}",
                 "related = " + listed(f"products/{o['slug']}.md" for o in related)]
        for v in p["variants"]:
            lines += ["[[extra.variants]]", f"sku = {quoted(v['sku'])}", f"size = {quoted(v['size'])}", f"colour = {quoted(v['colour'])}",
                      f"price = {v['price']}", f"price_text = {quoted(money(v['price']))}", f"stock = {v['stock']}"]
        write(site / f"content/products/{p['slug']}.md", "+++\n" + "\n".join(lines) + f"\n+++\n{p['body']}")
    for b in shop["posts"]:
        write(site / f"content/journal/{b['slug']}.md", f"+++\ntitle = {quoted(b['title'])}\ndate = {b['date']}\n[extra]\n"
              f"author = {quoted(b['author'])}\nsummary = {quoted(b['summary'])}\n+++\n{b['body']}")


FILLERS = {"hugo": "layouts/_partials/filler", "zola": "templates/filler"}


def fill(site, form, kind, size):
    """Makes a rival's pages of one kind heavier by a number of bytes.

    Our default theme's pages are heavier than the rivals' plain ones, and all have to write as much. So the rivals' templates
    include a text that costs them nothing but its bytes: it is the same on all pages of a kind.
    """
    frame = "<details><summary>More</summary><p>{}</p></details>\n"
    words = (" ".join(WORDS) + " ") * (size // 1000 + 1)
    text = frame.format(words[:max(0, size - len(frame) + 2)]) if size > 0 else ""
    write(site / FILLERS[form] / f"{kind}.html", text)


def unfill(site, form):
    for kind in KINDS:
        fill(site, form, kind, 0)


def rival(shop, site, name, config, table):
    """What does not depend on the shop, and the menu."""
    shutil.copytree(HERE / "rivals" / name, site)
    unfill(site, name)
    shutil.copytree(HERE / "rivals/static", site / "static")
    with open(site / config, "a", encoding="utf-8") as file:
        for c in shop["nav"]:
            file.write(f"[[{table}.nav]]\ntitle = {quoted(c['title'])}\nslug = {quoted(c['slug'])}\n")


def posts(shop, folder):
    for b in shop["posts"]:
        write(folder / f"{b['slug']}.md", f"---\ntitle: {quoted(b['title'])}\ndate: {b['date']}\nauthor: {quoted(b['author'])}\n"
              f"summary: {quoted(b['summary'])}\n---\n{b['body']}")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def quoted(text):
    """The same in YAML, TOML and JSON."""
    return json.dumps(text, ensure_ascii=False)


def listed(texts):
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


FORMS = {"shopfront": shopfront, "hugo": hugo, "zola": zola}


def lay_out(shop, out, forms):
    """Writes the forms; a form's former folder is replaced."""
    for form in forms:
        site = Path(out) / form
        shutil.rmtree(site, ignore_errors=True)
        FORMS[form](shop, site)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000, help="number of products")
    parser.add_argument("--out", required=True, help="folder to write below; each form's own folder is replaced")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(FORMS), help="forms, with commas between: " + ", ".join(FORMS))
    parser.add_argument("--theme", choices=["default", "plain"], default="default", help="of our own form (default)")
    options = parser.parse_args()
    forms = options.only.split(",")
    for form in forms:
        if form not in FORMS:
            parser.error(f"no form is called {form!r}")
    shop = make(options.n, options.seed)
    lay_out(shop, options.out, forms)
    if "shopfront" in forms:
        dress(Path(options.out) / "shopfront", options.theme)
    words = sum(len(p["body"].split()) for p in shop["products"]) / len(shop["products"])
    print(f"{len(shop['products'])} products ({words:.0f} words each), {len(shop['categories'])} categories, "
          f"{len(shop['posts'])} posts in {options.out}: {expected_pages(shop)}")


if __name__ == "__main__":
    main()
