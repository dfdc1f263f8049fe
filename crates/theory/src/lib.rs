//! Closed forms of learning, generalisation and transfer in deep linear networks.
