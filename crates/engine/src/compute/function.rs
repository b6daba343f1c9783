//! A Flink function as one of DataFusion's: the kernel knows the SQL types of its arguments and of its result.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes as ar;
use datafusion::common::config::ConfigOptions;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::scalar::ScalarValue;
use yeoul_row::DataType;

use super::{ExprContext, ExprError};
use super::{
    arithmetic, array_sets, arrays, bitmaps, cast, characters, compare, encodings, hash, json_query, json_text,
    json_write, maps, moment_text, moments, nested, numbers, patterns, printf, random, splitting, texts, trigonometry,
    urls, variants, zones,
};

/// Computes a function for the rows of a batch.
pub(super) type Kernel = fn(&Call<'_>) -> Result<ArrayRef>;

/// One call of a kernel.
pub(super) struct Call<'a> {
    /// The arguments.
    pub(super) args: &'a [ColumnarValue],
    /// Their SQL types.
    pub(super) types: &'a [DataType],
    /// The result's SQL type.
    pub(super) result: &'a DataType,
    /// How many rows the result has.
    pub(super) rows: usize,
    /// Clock and zone.
    pub(super) context: &'a ExprContext,
    /// This call's random numbers.
    pub(super) sequence: &'a random::Sequence,
}

impl Call<'_> {
    /// The argument at `place`, a value per row.
    pub(super) fn array(&self, place: usize) -> Result<ArrayRef> {
        match self.args.get(place) {
            Some(ColumnarValue::Array(array)) => Ok(array.clone()),
            Some(ColumnarValue::Scalar(scalar)) => scalar.to_array_of_size(self.rows),
            None => Err(DataFusionError::Execution(format!("argument {place} is missing"))),
        }
    }

    /// The constant at `place`, if it is one.
    pub(super) fn constant(&self, place: usize) -> Option<&ScalarValue> {
        match self.args.get(place) {
            Some(ColumnarValue::Scalar(scalar)) => Some(scalar),
            _ => None,
        }
    }

    /// The constant text at `place`, if it is one.
    pub(super) fn constant_text(&self, place: usize) -> Option<&str> {
        match self.constant(place) {
            Some(ScalarValue::Utf8(Some(text))) => Some(text),
            _ => None,
        }
    }

    /// The Arrow type of the result.
    pub(super) fn result_arrow(&self) -> ar::DataType {
        self.result.logical.to_arrow()
    }
}

/// The families' tables of kernels.
const FAMILIES: [fn(&str) -> Option<Kernel>; 26] = [
    compare::kernel,
    arithmetic::kernel,
    cast::kernel,
    nested::kernel,
    numbers::kernel,
    trigonometry::kernel,
    random::kernel,
    texts::kernel,
    characters::kernel,
    splitting::kernel,
    printf::kernel,
    patterns::kernel,
    hash::kernel,
    encodings::kernel,
    urls::kernel,
    moments::kernel,
    moment_text::kernel,
    zones::kernel,
    arrays::kernel,
    array_sets::kernel,
    maps::kernel,
    json_text::kernel,
    json_query::kernel,
    json_write::kernel,
    variants::kernel,
    bitmaps::kernel,
];

/// The kernel of a function, by its canonical name.
pub(super) fn kernel(name: &str) -> Option<Kernel> {
    FAMILIES.iter().find_map(|family| family(name))
}

/// A call of the function `name`.
pub(super) fn call(
    name: &str,
    args: Vec<Arc<dyn PhysicalExpr>>,
    types: Vec<DataType>,
    result: &DataType,
    context: &Arc<ExprContext>,
) -> Result<Arc<dyn PhysicalExpr>, ExprError> {
    let kernel = kernel(name).ok_or_else(|| ExprError::Function(name.to_uppercase()))?;
    let signature = Signature::variadic_any(Volatility::Volatile);
    let (name, result) = (name.to_owned(), result.clone());
    let field = Arc::new(ar::Field::new(&name, result.logical.to_arrow(), true));
    let sequence = Arc::new(random::Sequence::default());
    if random::is_random(&name) {
        context.note_sequence(&sequence);
    }
    let function =
        Function { name: name.clone(), types, result, kernel, context: context.clone(), signature, sequence };
    let udf = Arc::new(ScalarUDF::new_from_impl(function));
    Ok(Arc::new(ScalarFunctionExpr::new(&name, udf, args, field, Arc::new(ConfigOptions::default()))))
}

#[derive(Debug)]
struct Function {
    name: String,
    types: Vec<DataType>,
    result: DataType,
    kernel: Kernel,
    context: Arc<ExprContext>,
    signature: Signature,
    sequence: Arc<random::Sequence>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name && self.types == other.types && self.result == other.result
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, &self.types, &self.result).hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[ar::DataType]) -> Result<ar::DataType> {
        Ok(self.result.logical.to_arrow())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        // Of constants one value is computed, which stands for all rows.
        let once = constant && !args.args.is_empty() && !random::is_random(&self.name);
        let rows = if once { 1 } else { args.number_rows };
        let (types, result, context) = (&self.types, &self.result, &self.context);
        let call = Call { args: &args.args, types, result, rows, context, sequence: &self.sequence };
        let array = (self.kernel)(&call)?;
        let wanted = call.result_arrow();
        if array.data_type() == &wanted {
            return Ok(ColumnarValue::Array(array));
        }
        Ok(ColumnarValue::Array(arrow::compute::cast(&array, &wanted)?))
    }
}
