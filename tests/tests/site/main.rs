//! Whole shops as stories: build, check, change a file, build, check, and how much work was done.

mod bad_input;
mod catalogue;
mod commands;
mod engine;
mod folder;
mod gallery;
mod hostile;
mod imports;
mod jekyll;
mod languages;
mod merchant;
mod pages;
mod properties;
mod rebuilding;
mod sales;
mod serve;
mod texts;
