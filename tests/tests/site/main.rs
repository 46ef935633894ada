//! Whole shops as stories: build, check, change a file, build, check, and how much work was done.

mod admin;
mod bad_input;
mod blocks;
mod catalogue;
mod checks;
mod commands;
mod content;
mod data;
mod directions;
mod docs;
mod engine;
mod filters;
mod folder;
mod found;
mod front_matter;
mod gallery;
mod hostile;
mod imports;

mod languages;
mod merchant;
mod migrations;
mod pages;
mod pictures;
mod properties;
mod rebuilding;
mod sales;
mod search;
mod serve;
mod texts;
mod themes;
