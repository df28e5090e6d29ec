//! The findings of a search: as the page shows them, and packed as a list of words for the way to the page.

/// Whether the findings are good news.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Tone {
    /// They are neither good nor bad.
    #[default]
    Plain,
    /// The property that was asked about holds.
    Good,
    /// Something is violated.
    Bad,
}

/// What a search has found so far.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Findings {
    /// Whether the findings are good news.
    pub tone: Tone,
    /// Whether the search has ended.
    pub is_over: bool,
    /// How much of the search is done, in thousandths, where that is known.
    pub part: Option<u32>,
    /// What was found, in sentences, the most important one first.
    pub sentences: Vec<String>,
    /// Numbers, each with what it counts.
    pub figures: Vec<(String, String)>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Plots.
    pub drawings: Vec<Drawing>,
    /// Runs that can be opened: their names, and their scripts.
    pub runs: Vec<(String, String)>,
    /// Notes on how things were counted and what was left out.
    pub notes: Vec<String>,
    /// Files that can be saved: their names and contents.
    pub files: Vec<(String, String)>,
}

/// A table. The first cell of a row says what the row is about.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The headings of the columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// A plot of lines and words, in pixels.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Drawing {
    /// The words above it.
    pub caption: String,
    /// What the plot says, for those who cannot see it.
    pub sentence: String,
    /// How wide and how high it is.
    pub size: (i32, i32),
    /// Lines and areas.
    pub pieces: Vec<Piece>,
    /// Words.
    pub words: Vec<Word>,
}

/// A line or an area.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Piece {
    /// Its class in the style sheet.
    pub class: String,
    /// Its path, as SVG writes it.
    pub path: String,
}

/// Words in a plot.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Word {
    /// Their class in the style sheet: `start`, `middle` or `end` says on which side of their place the words stand.
    pub class: String,
    /// Their place.
    pub at: (i32, i32),
    /// The words.
    pub text: String,
}

impl Findings {
    /// The findings of a search that could not begin or broke off; the sentence says why.
    pub fn failed(sentence: String) -> Self {
        Self { tone: Tone::Bad, is_over: true, sentences: vec![sentence], ..Self::default() }
    }

    /// The findings as a list of words, which [`Self::unpacked`] reads.
    pub fn packed(&self) -> Vec<String> {
        let mut words = Vec::new();
        let out = &mut words;
        put(out, self.tone as u32);
        put(out, u32::from(self.is_over));
        put(out, self.part.map_or(u32::MAX, |part| part));
        put_all(out, &self.sentences, |out, text| put_text(out, text));
        put_all(out, &self.figures, put_pair);
        put_all(out, &self.tables, |out, table| {
            put_text(out, &table.caption);
            put_all(out, &table.head, |out, text| put_text(out, text));
            put_all(out, &table.rows, |out, row| put_all(out, row, |out, text| put_text(out, text)));
        });
        put_all(out, &self.drawings, |out, drawing| {
            put_text(out, &drawing.caption);
            put_text(out, &drawing.sentence);
            put(out, drawing.size.0);
            put(out, drawing.size.1);
            put_all(out, &drawing.pieces, |out, piece| {
                put_text(out, &piece.class);
                put_text(out, &piece.path);
            });
            put_all(out, &drawing.words, |out, word| {
                put_text(out, &word.class);
                put(out, word.at.0);
                put(out, word.at.1);
                put_text(out, &word.text);
            });
        });
        put_all(out, &self.runs, put_pair);
        put_all(out, &self.notes, |out, text| put_text(out, text));
        put_all(out, &self.files, put_pair);
        words
    }

    /// Reads a list of words that [`Self::packed`] has made; none for any other list.
    pub fn unpacked(words: Vec<String>) -> Option<Self> {
        let mut words = Words(words.into_iter());
        let tone = match words.number()? {
            0 => Tone::Plain,
            1 => Tone::Good,
            2 => Tone::Bad,
            _ => return None,
        };
        let findings = Self {
            tone,
            is_over: words.number::<u32>()? == 1,
            part: Some(words.number::<u32>()?).filter(|part| *part <= 1000),
            sentences: words.list(Words::text)?,
            figures: words.list(Words::pair)?,
            tables: words.list(|words| {
                let (caption, head) = (words.text()?, words.list(Words::text)?);
                Some(Table { caption, head, rows: words.list(|words| words.list(Words::text))? })
            })?,
            drawings: words.list(|words| {
                Some(Drawing {
                    caption: words.text()?,
                    sentence: words.text()?,
                    size: (words.number()?, words.number()?),
                    pieces: words.list(|words| Some(Piece { class: words.text()?, path: words.text()? }))?,
                    words: words.list(|words| {
                        let (class, at) = (words.text()?, (words.number()?, words.number()?));
                        Some(Word { class, at, text: words.text()? })
                    })?,
                })
            })?,
            runs: words.list(Words::pair)?,
            notes: words.list(Words::text)?,
            files: words.list(Words::pair)?,
        };
        words.0.next().is_none().then_some(findings)
    }
}

fn put(out: &mut Vec<String>, number: impl ToString + Copy) {
    out.push(number.to_string());
}

fn put_text(out: &mut Vec<String>, text: &str) {
    out.push(text.to_owned());
}

fn put_pair(out: &mut Vec<String>, (name, text): &(String, String)) {
    out.extend([name.clone(), text.clone()]);
}

fn put_all<T>(out: &mut Vec<String>, items: &[T], put_one: impl Fn(&mut Vec<String>, &T)) {
    put(out, items.len());
    items.iter().for_each(|item| put_one(out, item));
}

/// A list of words that are read one after the other.
struct Words(std::vec::IntoIter<String>);

impl Words {
    fn text(&mut self) -> Option<String> {
        self.0.next()
    }

    fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        self.0.next()?.parse().ok()
    }

    fn pair(&mut self) -> Option<(String, String)> {
        Some((self.text()?, self.text()?))
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count: usize = self.number()?;
        // Each item has at least one word, so a count that is larger than the number of words is wrong.
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }
}
