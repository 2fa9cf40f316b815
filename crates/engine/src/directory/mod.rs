//! The directory of banks: codes, names, and for each method the factors that the bank checks.
