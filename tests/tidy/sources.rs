//! The Rust sources of the workspace, parsed.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, ItemMod, Meta};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the workspace.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A source file.
pub(crate) struct Source {
    /// Its path from the root of the workspace, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// Its syntax.
    pub(crate) syntax: syn::File,
    /// Whether it is compiled for tests alone.
    pub(crate) is_test_only: bool,
}

impl Source {
    /// Parses a source.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text: text.to_owned(), syntax, is_test_only: false }
    }

    /// The room of the core that the file belongs to: `net` of `netpol-core/src/net/port.rs`; none for `lib.rs`.
    pub(crate) fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("netpol-core/src/")?;
        let room = inside.split('/').next()?;
        let room = room.strip_suffix(".rs").unwrap_or(room);
        (room != "lib").then_some(room)
    }

    /// How many modules there are from the root of its crate down to the file: 1 for `net/mod.rs`, 2 for `net/port.rs`.
    pub(crate) fn depth(&self) -> usize {
        let Some((_, inside)) = self.path.split_once("/src/") else { return 1 };
        let files = usize::from(!inside.ends_with("/mod.rs"));
        inside.split('/').count() - 1 + files
    }

    /// What is compiled outside of tests.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        let compiled = |item: &&Item| !self.is_test_only && !is_test_only(attributes(item));
        self.syntax.items.iter().filter(compiled)
    }

    /// The tests in the file.
    pub(crate) fn test_modules(&self) -> impl Iterator<Item = &ItemMod> {
        self.syntax.items.iter().filter_map(|item| match item {
            Item::Mod(module) if is_test_only(&module.attrs) && module.content.is_some() => Some(module),
            _ => None,
        })
    }

    /// The paths of the files that it declares for tests alone.
    fn test_files(&self) -> impl Iterator<Item = String> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let declared = self.syntax.items.iter().filter_map(|item| match item {
            Item::Mod(module) if is_test_only(&module.attrs) && module.content.is_none() => {
                Some(&module.ident)
            }
            _ => None,
        });
        declared.map(move |name| format!("{folder}/{name}.rs"))
    }

    /// The tokens outside of tests, without groups and documentation.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        self.items().flat_map(|item| flat(item.to_token_stream())).collect()
    }
}

/// A token that is no group, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// Every Rust source of the workspace below a folder, in the order of paths.
pub(crate) fn sources(below: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(below), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "{below} has sources");
    let root = root();
    let source = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source::new(&name, &std::fs::read_to_string(path).unwrap())
    };
    let mut sources: Vec<Source> = paths.iter().map(source).collect();
    let test_files: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    for source in &mut sources {
        source.is_test_only = test_files.contains(&source.path);
    }
    sources
}

/// Every Rust source of the workspace.
pub(crate) fn all_sources() -> Vec<Source> {
    ["netpol-core", "netpol-cli", "tests", "examples/api"].into_iter().flat_map(sources).collect()
}

/// Fails with everything that was found.
pub(crate) fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        Meta::Path(_) | Meta::NameValue(_) => false,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Opens groups, marks where braces stand, and leaves `#[doc = …]` out.
fn flat(stream: TokenStream) -> Vec<Token> {
    let mut out = Vec::new();
    let trees = stream.into_iter();
    for tree in trees {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) if is_documentation(&group, &out) => {
                out.pop();
            }
            TokenTree::Group(group) => {
                let brace = group.delimiter() == Delimiter::Brace;
                if brace {
                    out.push(Token { text: "{".to_owned(), line });
                }
                out.extend(flat(group.stream()));
                if brace {
                    out.push(Token { text: "}".to_owned(), line });
                }
            }
            other => out.push(Token { text: other.to_string(), line }),
        }
    }
    out
}

fn is_documentation(group: &proc_macro2::Group, before: &[Token]) -> bool {
    group.delimiter() == Delimiter::Bracket
        && before.last().is_some_and(|token| token.text == "#" || token.text == "!")
        && group.stream().into_iter().next().is_some_and(|tree| tree.to_string() == "doc")
}
