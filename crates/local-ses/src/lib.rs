//! local-ses
