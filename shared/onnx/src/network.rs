//! The model itself, run by `rten`.

use super::{LoadError, RunError, folder, guard, wire};
use rten::{Model, NodeId, Value, ValueOrView};
use std::{fs::File, io::BufReader, path::Path};

/// What one of the model's inputs is fed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feed {
    /// The numbers of the pieces.
    Pieces,
    /// Which pieces count: all, for nothing is padded.
    Mask,
    /// Which of two texts a piece is of: there is only the first.
    Types,
}

/// A loaded model.
pub(super) struct Network {
    model: Model,
    inputs: Vec<(NodeId, Feed)>,
    output: NodeId,
    labels: usize,
}

/// The logits of one run, by piece.
pub(super) struct Logits {
    values: Vec<f32>,
    labels: usize,
}

impl Logits {
    /// The logits of a piece, special ones counted.
    pub fn of(&self, piece: usize) -> Option<&[f32]> {
        self.values.chunks_exact(self.labels).nth(piece)
    }
}

impl Network {
    /// Loads `model.onnx` and runs it once on `sample`, so that a model that does not fit is known at once.
    pub fn load(folder: &Path, labels: usize, sample: &[i32]) -> Result<Self, LoadError> {
        let file = folder.join(folder::MODEL);
        let model = model(&file)?;
        let wrong =
            |why: String| LoadError::new(&file, why, "use the ONNX export of a token-classification model");
        let inputs = inputs(&model).map_err(wrong)?;
        let output = output(&model).map_err(wrong)?;
        let network = Self { model, inputs, output, labels };
        network.run(sample).map_err(|error| {
            let remedy = "use the model.onnx, tokenizer.json and config.json of one and the same model";
            LoadError::new(&file, format_args!("fails a first run: {error}"), remedy)
        })?;
        Ok(network)
    }

    /// Runs the model on the numbers of one window.
    pub fn run(&self, pieces: &[i32]) -> Result<Logits, RunError> {
        let failed = |why: String| {
            RunError::new(format_args!("the model cannot be run on {} pieces: {why}", pieces.len()))
        };
        let inputs = self
            .inputs
            .iter()
            .map(|&(node, feed)| Ok((node, fed(feed, pieces)?)))
            .collect::<Result<Vec<_>, String>>()
            .map_err(failed)?;
        let outputs = guard(|| self.model.run(inputs, &[self.output], None)).map_err(failed)?;
        let value = outputs.into_iter().next().ok_or_else(|| failed("it gives nothing".into()))?;
        let (shape, values) = value.into_shape_vec::<f32, 3>().map_err(|error| failed(error.to_string()))?;
        self.checked(shape, pieces.len())?;
        Ok(Logits { values, labels: self.labels })
    }

    fn checked(&self, shape: [usize; 3], pieces: usize) -> Result<(), RunError> {
        let labels = self.labels;
        if labels > 0 && shape == [1, pieces, labels] {
            return Ok(());
        }
        Err(RunError::new(format_args!(
            "the model gives logits of shape {shape:?} where [1, {pieces}, {labels}] belong, \
             for config.json names {labels} labels"
        )))
    }
}

fn model(file: &Path) -> Result<Model, LoadError> {
    let sound = || {
        let opened = File::open(file)?;
        let size = opened.metadata()?.len();
        Ok::<_, std::io::Error>(wire::check(BufReader::new(opened), size))
    };
    let checked = sound().unwrap_or_else(|error| Err(error.to_string()));
    checked.and_then(|()| guard(|| Model::load_file(file))).map_err(|why| {
        let remedy = "export the model to ONNX again and copy the file itself, not a pointer to it";
        LoadError::new(file, format_args!("is not an ONNX model that can be run ({why})"), remedy)
    })
}

fn inputs(model: &Model) -> Result<Vec<(NodeId, Feed)>, String> {
    let inputs = model
        .input_ids()
        .iter()
        .map(|&node| match name(model, node) {
            "input_ids" => Ok((node, Feed::Pieces)),
            "attention_mask" => Ok((node, Feed::Mask)),
            "token_type_ids" => Ok((node, Feed::Types)),
            other => Err(format!("wants an input `{other}`, which cannot be given")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if inputs.iter().any(|(_, feed)| *feed == Feed::Pieces) {
        Ok(inputs)
    } else {
        Err("has no input `input_ids`".into())
    }
}

fn output(model: &Model) -> Result<NodeId, String> {
    let outputs = model.output_ids();
    match (outputs.iter().find(|&&node| name(model, node) == "logits"), outputs) {
        (Some(&node), _) | (None, &[node]) => Ok(node),
        _ => Err("has no output `logits`".into()),
    }
}

fn name(model: &Model, node: NodeId) -> &str {
    model.node_info(node).and_then(|info| info.name()).unwrap_or_default()
}

/// Numbers of 32 bits, though the model asks for 64: `rten` holds the latter as the former.
fn fed(feed: Feed, pieces: &[i32]) -> Result<ValueOrView<'static>, String> {
    let numbers = match feed {
        Feed::Pieces => pieces.to_vec(),
        Feed::Mask => vec![1; pieces.len()],
        Feed::Types => vec![0; pieces.len()],
    };
    let value = Value::from_shape([1, pieces.len()], numbers).map_err(|error| error.to_string())?;
    Ok(value.into())
}
