//! Builds the C sources, or finds an installed libclone3, and with the feature `bindgen` generates
//! the bindings. Writes to `OUT_DIR` alone.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    for variable in ["DOCS_RS", "LIBCLONE3_NO_SYSTEM"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=c");
    println!("cargo::rerun-if-changed=include");

    if cfg("TARGET_OS") != "linux" || cfg("TARGET_POINTER_WIDTH") != "64" {
        println!("cargo::error=libclone3 supports 64-bit Linux only");
        return Ok(());
    }
    let include = match system()? {
        Some(include) => include,
        None => vendored()?,
    };
    generate(&include)
}

fn cfg(name: &str) -> String {
    env::var(format!("CARGO_CFG_{name}")).unwrap_or_default()
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Compiles the files that `c/sources` lists, the list that the Makefile uses.
fn vendored() -> Result<PathBuf, Box<dyn Error>> {
    let include = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("include");
    println!("cargo::metadata=include={}", include.display());
    println!("cargo::metadata=root={}", env::var("OUT_DIR")?);
    // Documentation is not linked, and docs.rs has no C compiler for most of its targets.
    if env::var_os("DOCS_RS").is_some() {
        return Ok(include);
    }
    let sources = fs::read_to_string("c/sources")?;
    // cc takes over a sanitizer of rustc's. The child shares its caller's memory, on a stack and at
    // an end that no sanitizer knows: it would be killed for nothing.
    cc::Build::new()
        .std("c11")
        .warnings(false)
        .flag("-fvisibility=hidden")
        .flag_if_supported("-fno-sanitize=all")
        .include("include")
        .include("c")
        .files(
            sources
                .split_whitespace()
                .map(|file| Path::new("c").join(file)),
        )
        .try_compile("clone3")?;
    Ok(include)
}

/// An installed library, if the feature asks for one and the environment does not forbid it:
/// features add up over a dependency tree, so that whoever builds must have the last word.
#[cfg(feature = "system")]
fn system() -> Result<Option<PathBuf>, Box<dyn Error>> {
    if is_set("LIBCLONE3_NO_SYSTEM") || env::var_os("DOCS_RS").is_some() {
        return Ok(None);
    }
    // Before 1.0 the ABI may change with the minor version.
    let major: u32 = env::var("CARGO_PKG_VERSION_MAJOR")?.parse()?;
    let minor: u32 = env::var("CARGO_PKG_VERSION_MINOR")?.parse()?;
    let from = format!("{major}.{minor}");
    let to = if major == 0 {
        format!("0.{}", minor + 1)
    } else {
        format!("{}", major + 1)
    };
    let library = pkg_config::Config::new()
        .range_version(from.as_str()..to.as_str())
        .probe("libclone3")?;
    // pkg-config leaves out the directories that the compiler searches anyway.
    let include = match library
        .include_paths
        .into_iter()
        .find(|dir| dir.join("clone3.h").exists())
    {
        Some(dir) => dir,
        None => PathBuf::from(pkg_config::get_variable("libclone3", "includedir")?),
    };
    println!("cargo::metadata=include={}", include.display());
    println!(
        "cargo::metadata=root={}",
        pkg_config::get_variable("libclone3", "prefix")?
    );
    Ok(Some(include))
}

#[cfg(not(feature = "system"))]
fn system() -> Result<Option<PathBuf>, Box<dyn Error>> {
    let _ = is_set;
    Ok(None)
}

#[cfg(not(feature = "bindgen"))]
fn generate(_include: &Path) -> Result<(), Box<dyn Error>> {
    Ok(())
}

/// The one configuration of bindgen: `src/bindings.rs` is its output, and a test compares.
#[cfg(feature = "bindgen")]
fn generate(include: &Path) -> Result<(), Box<dyn Error>> {
    bindgen::Builder::default()
        .header(
            include
                .join("clone3.h")
                .to_str()
                .ok_or("the path is not UTF-8")?,
        )
        .allowlist_item("clone3_.*|CLONE3_.*")
        .allowlist_recursively(false)
        .rust_target(bindgen::RustTarget::stable(85, 0).map_err(|error| error.to_string())?)
        .rust_edition(bindgen::RustEdition::Edition2024)
        .use_core()
        .derive_default(true)
        .layout_tests(true)
        .formatter(bindgen::Formatter::Prettyplease)
        .parse_callbacks(Box::new(Callbacks))
        .clang_args(compiler_headers())
        .generate()?
        .write_to_file(PathBuf::from(env::var("OUT_DIR")?).join("bindings.rs"))?;
    Ok(())
}

#[cfg(feature = "bindgen")]
#[derive(Debug)]
struct Callbacks;

#[cfg(feature = "bindgen")]
impl bindgen::callbacks::ParseCallbacks for Callbacks {
    /// bindgen picks u32, u64 or i32 by the value: one type for all is the header's `ULL`.
    fn int_macro(&self, _name: &str, _value: i64) -> Option<bindgen::callbacks::IntKind> {
        Some(bindgen::callbacks::IntKind::U64)
    }

    fn process_comment(&self, comment: &str) -> Option<String> {
        Some(markdown(comment))
    }
}

/// Kernel-doc as Markdown: `@name` becomes code, `@name:` at the start of a line a list item.
#[cfg(feature = "bindgen")]
fn markdown(comment: &str) -> String {
    let mut text = String::new();
    for line in comment.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.starts_with('@') {
            text.push_str("- ");
        } else if line.starts_with(' ') {
            text.push_str("  "); // the list item goes on
        }
        let line = line.trim_start();
        let mut chars = line.chars().peekable();
        let mut previous = ' ';
        while let Some(c) = chars.next() {
            match c {
                '@' => {
                    text.push('`');
                    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                        text.push(c);
                    }
                    text.push('`');
                }
                '*' | '<' | '[' => text.extend(['\\', c]),
                '_' if previous == ' ' => text.push_str("\\_"),
                _ => text.push(c),
            }
            previous = c;
        }
        text.push('\n');
    }
    text
}

/// Where the C compiler keeps `stddef.h`: a libclang that comes without clang has none of its own.
#[cfg(feature = "bindgen")]
fn compiler_headers() -> Vec<String> {
    let Ok(compiler) = cc::Build::new().try_get_compiler() else {
        return Vec::new();
    };
    let output = compiler
        .to_command()
        .arg("-print-file-name=include")
        .output();
    let Ok(directory) = output.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    else {
        return Vec::new();
    };
    if Path::new(&directory).join("stddef.h").exists() {
        vec!["-idirafter".to_owned(), directory]
    } else {
        Vec::new()
    }
}
