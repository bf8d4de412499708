//! How long things may grow, and where tests stand.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, Item, ItemFn};

use crate::sources::{Source, all_sources, assert_none};

/// Lines of a file, without its tests.
const FILE: usize = 500;
/// Lines of a file that is nothing but the table of contents of a folder.
const MODULE_FILE: usize = 80;
/// Lines of a function.
const FUNCTION: usize = 60;

#[test]
fn files_keep_their_budget() {
    let found: Vec<String> = all_sources().iter().filter_map(too_long).collect();
    assert_none(&found);
}

#[test]
fn functions_keep_their_budget() {
    let found: Vec<String> = all_sources().iter().flat_map(long_functions).collect();
    assert_none(&found);
}

#[test]
fn module_files_have_no_logic() {
    let found: Vec<String> = all_sources().iter().flat_map(logic_in_module_file).collect();
    assert_none(&found);
}

#[test]
fn unit_tests_stand_last_in_exactly_one_module() {
    let found: Vec<String> = all_sources().iter().filter_map(misplaced_tests).collect();
    assert_none(&found);
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = all_sources().into_iter().filter(|source| !source.text.starts_with("//! "));
    let found: Vec<String> = silent.map(|source| format!("{}: opens without `//!`", source.path)).collect();
    assert_none(&found);
}

#[test]
fn what_breaks_a_budget_is_found() {
    let lines = |count: usize| "const A: u8 = 1;\n".repeat(count);
    let tests = "#[cfg(test)]\nmod tests {\n    const A: u8 = 1;\n}\n";
    assert!(too_long(&Source::new("a/src/b.rs", &lines(501))).is_some());
    assert!(too_long(&Source::new("a/src/b.rs", &format!("{}{tests}", lines(498)))).is_none());
    assert!(too_long(&Source::new("a/src/mod.rs", &lines(81))).is_some());
    let function = format!("fn f() {{\n{}}}\n", lines(61));
    assert_eq!(long_functions(&Source::new("a/src/b.rs", &function)).len(), 1);
    assert_eq!(logic_in_module_file(&Source::new("a/src/b/mod.rs", "mod c; fn f() {}")).len(), 1);
    assert!(misplaced_tests(&Source::new("a/src/b.rs", &format!("{tests}fn f() {{}}"))).is_some());
    assert!(misplaced_tests(&Source::new("a/src/b.rs", &tests.replace("tests", "more"))).is_some());
}

fn too_long(source: &Source) -> Option<String> {
    let is_module_file = source.path.ends_with("/mod.rs");
    let budget = if is_module_file { MODULE_FILE } else { FILE };
    let tests = source.test_modules().map(|module| module.span().start().line - 1).min();
    let lines = tests.unwrap_or_else(|| source.text.lines().count());
    (lines > budget).then(|| format!("{}: {lines} lines, {budget} are allowed", source.path))
}

fn long_functions(source: &Source) -> Vec<String> {
    let mut functions = Functions::default();
    functions.visit_file(&source.syntax);
    let long = functions.found.into_iter().filter(|(_, lines)| *lines > FUNCTION);
    long.map(|(name, lines)| format!("{}: `{name}` has {lines} lines, {FUNCTION} are allowed", source.path))
        .collect()
}

/// The functions of a file and the lines of their bodies.
#[derive(Default)]
struct Functions {
    found: Vec<(String, usize)>,
}

impl Functions {
    fn note(&mut self, name: &syn::Ident, body: &Block) {
        let span = body.span();
        self.found.push((name.to_string(), (span.end().line - span.start().line).saturating_sub(1)));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.note(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.note(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

fn logic_in_module_file(source: &Source) -> Vec<String> {
    if !source.path.ends_with("/mod.rs") {
        return Vec::new();
    }
    let is_contents = |item: &&Item| {
        matches!(item, Item::Use(_) | Item::Const(_))
            || matches!(item, Item::Mod(module) if module.content.is_none())
    };
    let logic = source.items().filter(|item| !is_contents(item));
    logic.map(|item| format!("{}:{}: logic in a `mod.rs`", source.path, item.span().start().line)).collect()
}

fn misplaced_tests(source: &Source) -> Option<String> {
    let modules: Vec<_> = source.test_modules().collect();
    let last = source.syntax.items.last().map(|item| item.span().start().line);
    let fine = match modules.as_slice() {
        [] => true,
        [module] => module.ident == "tests" && last == Some(module.span().start().line),
        _ => false,
    };
    (!fine).then(|| format!("{}: unit tests stand last, in one `#[cfg(test)] mod tests`", source.path))
}
