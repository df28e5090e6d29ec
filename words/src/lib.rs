//! The macros that mark the page's sentences, so that they can be said in other languages: the English sentence in the code
//! is the key, and a folder beside this one, such as `de`, has what it is in another language. `src/tongue.rs` says how a
//! sentence is found.
//!
//! - `say!("Copy link")` is a `Phrase`, which is looked up when it is shown.
//! - `say!("{node} promised {ballot}")` is a `String`. Each place is a variable of this name; another expression is given
//!   a name, as in `say!("{count} earlier ones", count = list.len())`. A place shows its value as `Display` does: whoever
//!   wants digits or quotes makes them before.
//! - `key!("No {ballot} has begun.")` is the text itself, for code that looks it up by itself.

use proc_macro::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitStr, Token};

/// What stands between the brackets of `say!`.
struct Said {
    sentence: LitStr,
    values: Vec<(Ident, Expr)>,
}

impl Parse for Said {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let sentence = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        let value = |input: ParseStream<'_>| {
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            Ok((name, input.parse()?))
        };
        let values = Punctuated::<_, Token![,]>::parse_terminated_with(input, value)?;
        Ok(Self { sentence, values: values.into_iter().collect() })
    }
}

/// A sentence of the page, in the language that the page speaks.
#[proc_macro]
pub fn say(input: TokenStream) -> TokenStream {
    syn::parse(input).and_then(|said| expanded(&said)).unwrap_or_else(Error::into_compile_error).into()
}

/// A text of the page that the code looks up by itself.
#[proc_macro]
pub fn key(input: TokenStream) -> TokenStream {
    syn::parse::<LitStr>(input).map_or_else(Error::into_compile_error, |text| quote!(#text)).into()
}

fn expanded(said: &Said) -> syn::Result<proc_macro2::TokenStream> {
    let sentence = &said.sentence;
    let places = places(sentence)?;
    if let Some((unused, _)) = said.values.iter().find(|(name, _)| !places.contains(name)) {
        return Err(Error::new(unused.span(), "no place in the sentence has this name"));
    }
    if places.is_empty() {
        return Ok(quote!(crate::tongue::Phrase::new(#sentence)));
    }
    let values = places.iter().map(|place| match said.values.iter().find(|(name, _)| name == place) {
        Some((_, value)) => quote!(&(#value)),
        None => quote!(&#place),
    });
    // The program knows the places by their order, which is shorter than their names.
    let written = sentence.value();
    let between: Vec<&str> =
        written.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after)).collect();
    let text = LitStr::new(&between.join("{}"), sentence.span());
    Ok(quote!(crate::tongue::fill(#text, &[#(#values),*])))
}

/// The names in the places of a sentence, in order.
fn places(sentence: &LitStr) -> syn::Result<Vec<Ident>> {
    let text = sentence.value();
    let parts = text.split('{').skip(1).map(|part| {
        let name = part.split_once('}').map_or(part, |(name, _)| name);
        let name = syn::parse_str::<Ident>(name)
            .map_err(|_| Error::new(sentence.span(), format!("a place has only a name in it, not “{name}”")))?;
        Ok(Ident::new(&name.to_string(), sentence.span()))
    });
    parts.collect()
}
