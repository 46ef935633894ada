//! Whole shops as stories: build, check, change a file, build, check, and how much work was done.

mod bad_input;
mod catalogue;
mod checks;
mod commands;
mod content;
mod docs;
mod engine;
mod folder;
mod found;
mod gallery;
mod hostile;
mod imports;

mod languages;
mod merchant;
mod migrations;
mod pages;
mod properties;
mod rebuilding;
mod sales;
mod search;
mod serve;
mod texts;
mod themes;
