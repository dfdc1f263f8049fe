//! Tests of the workspace as a whole: theory against simulation, the command line, the report.
