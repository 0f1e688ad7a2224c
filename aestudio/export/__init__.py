"""What leaves the program: safetensors, ONNX, codes, figures and the model card."""
